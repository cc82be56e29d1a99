/** The default alphabet of GSM 03.38 and its extension table (3GPP TS 23.038 §6.2.1). */

const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿' +
  'abcdefghijklmnopqrstuvwxyzäöñüà'
/** Each takes an escape before it, and so two places. */
const extension = '\f^{}\\[~]|€'

const septets: ReadonlyMap<string, number> = new Map([
  ...[...basic].map((character) => [character, 1] as const),
  ...[...extension].map((character) => [character, 2] as const),
])

/** 1 or 2 places, or undefined for what is not in the alphabet. */
export function septetsOf(character: string): number | undefined {
  return septets.get(character)
}

export function isGsm7(text: string): boolean {
  for (const character of text) if (!septets.has(character)) return false
  return true
}
