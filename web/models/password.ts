export type Strength = 'none' | 'short' | 'guessable' | 'fair' | 'good'

/** The server refuses anything shorter. */
export const passwordLengthMin = 15

const wellKnown = /password|passwort|qwert|azerty|12345|letmein|welcome|iloveyou|admin|chancery/i

/**
 * How hard a password is to guess, after NIST SP 800-63B: length counts, rules about kinds of letters do not; what is
 * repeated, in a row, well known or one's own name counts for nothing.
 */
export function strengthOf(password: string, ownWords: readonly string[] = []): Strength {
  if (!password) return 'none'
  if ([...password].length < passwordLengthMin) return 'short'
  const lower = password.toLocaleLowerCase()
  const named = ownWords.some((word) => word.length > 3 && lower.includes(word.toLocaleLowerCase()))
  const distinct = new Set(lower).size
  if (distinct < 6 || wellKnown.test(password) || named) return 'guessable'
  return [...password].length >= 20 && distinct >= 10 ? 'good' : 'fair'
}
