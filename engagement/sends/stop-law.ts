/** From when on the law of a country takes any STOP for a STOP of everything that the sender may not send without consent. */
export type StopLaw = { readonly country: string; readonly fromMs: number }

/**
 * What is known of; the configuration adds to it. US: 47 CFR 64.1200(a)(10), whose part about everything at once was put off
 * to 31 January 2027, as far as is known here.
 */
export const knownStopLaws: readonly StopLaw[] = [{ country: 'US', fromMs: Date.UTC(2027, 0, 31) }]

/** Of several for a country the newest that has come into force counts; a law without a date never does. */
export function stopMeansEverything(laws: readonly StopLaw[], country: string, nowMs: number): boolean {
  return laws.some((law) => law.country === country.toUpperCase() && law.fromMs <= nowMs)
}
