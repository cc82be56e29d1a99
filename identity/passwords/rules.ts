import { type Limits, refuse } from '#platform/api.ts'
import { isCommon } from './common.ts'

/** Generous, and bounds the work of hashing. */
const charactersMax = 512

export type PasswordContext = {
  readonly username: string
  readonly displayName?: string | undefined
  readonly organisation?: string | undefined
}

/**
 * Checks a password that somebody chooses; throws M_WEAK_PASSWORD with the reason and what would be better. Length counts,
 * composition does not: no forced digits and signs, no change by the calendar.
 */
export function checkNewPassword(
  password: string,
  context: PasswordContext,
  { passwordCharactersMin: charactersMin }: Pick<Limits, 'passwordCharactersMin'>,
): void {
  const length = [...password].length
  if (length < charactersMin) {
    throw refuse(
      'M_WEAK_PASSWORD',
      `A password needs at least ${charactersMin} characters. A sentence of a few words is easy to remember and hard to guess.`,
    )
  }
  checkPasswordLength(password)
  if (isCommon(password)) {
    throw refuse(
      'M_WEAK_PASSWORD',
      'Attackers try this password first. Choose words that belong together only for you.',
    )
  }
  const rest = withoutKnownWords(password, context)
  if ([...rest].length < charactersMin / 2) {
    throw refuse(
      'M_WEAK_PASSWORD',
      'This password consists mainly of your name or the name of your organisation. Add words that nobody connects with you.',
    )
  }
}

/** The upper bound alone, for passwords that are tried or set by automation. */
export function checkPasswordLength(password: string): void {
  if ([...password].length > charactersMax || password === '') {
    throw refuse('M_WEAK_PASSWORD', `A password has between 1 and ${charactersMax} characters. Choose another one.`)
  }
}

function withoutKnownWords(password: string, context: PasswordContext): string {
  const words = [context.username, context.displayName, context.organisation]
    .flatMap((text) => (text === undefined ? [] : [text, ...text.split(/[\s._-]+/)]))
    .map((word) => word.toLowerCase())
    .filter((word) => word.length >= 3)
    .sort((a, b) => b.length - a.length)
  let rest = password.toLowerCase()
  for (const word of words) rest = rest.replaceAll(word, '')
  return rest
}
