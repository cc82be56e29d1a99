// The GSM 7-bit alphabet: what an SMS holds 160 of. One letter outside of it halves that for the whole message.
const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
/** Each of these takes two places. */
const extended = new Set('^{}\\[~]|€')

export type SmsLength = { letters: number; segments: number }

/** How many text messages words become, as 3GPP TS 23.038 and 23.040 cut them. */
export function smsLength(text: string): SmsLength {
  const letters = [...text]
  if (letters.every((letter) => basic.has(letter) || extended.has(letter))) {
    const places = letters.map((letter) => (extended.has(letter) ? 2 : 1))
    return { letters: letters.length, segments: cut(places, 160, 153) }
  }
  return {
    letters: letters.length,
    segments: cut(
      letters.map((letter) => letter.length),
      70,
      67,
    ),
  }
}

/** Letters are never cut in two, so a message may end one place early. */
function cut(places: readonly number[], alone: number, each: number): number {
  const sum = places.reduce((all, one) => all + one, 0)
  if (sum === 0) return 0
  if (sum <= alone) return 1
  let segments = 1
  let used = 0
  for (const one of places) {
    if (used + one > each) {
      segments += 1
      used = 0
    }
    used += one
  }
  return segments
}
