/**
 * From when on the law of a country (two capital letters) takes any STOP for a STOP of everything that the sender may not send
 * without consent.
 */
export type StopLaw = { readonly country: string; readonly fromMs: number }

/** US: 47 CFR 64.1200(a)(10), whose part about everything at once was put off
 * to 31 January 2027, as far as is known here. */
export const knownStopLaws: readonly StopLaw[] = [{ country: 'US', fromMs: Date.UTC(2027, 0, 31) }]

/** What an operator says of a country counts instead of what is known here: laws are put off, and repealed. */
export function stopLawsWith(laws: readonly StopLaw[] = []): StopLaw[] {
  const named = new Set(laws.map(({ country }) => country))
  return [...knownStopLaws.filter(({ country }) => !named.has(country)), ...laws]
}

export function stopMeansEverything(laws: readonly StopLaw[], country: string, nowMs: number): boolean {
  return laws.some((law) => law.country === country.toUpperCase() && law.fromMs <= nowMs)
}
