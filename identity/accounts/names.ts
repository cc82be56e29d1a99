import { refuse } from '#platform/api.ts'

const displayNameCharactersMax = 100
const organisationCharactersMax = 200
const noteCharactersMax = 500

/** Trimmed and bounded; a line that no client can draw is refused. */
function checkLine(text: string, what: string, charactersMax: number): string {
  const line = text.trim()
  if (line === '') throw refuse('M_INVALID_PARAM', `The ${what} is missing. Enter one.`)
  if ([...line].length > charactersMax) {
    throw refuse('M_INVALID_PARAM', `The ${what} may have at most ${charactersMax} characters. Enter a shorter one.`)
  }
  if (/\p{Cc}/u.test(line) || !line.isWellFormed()) {
    throw refuse('M_INVALID_PARAM', `The ${what} contains characters that cannot be shown. Enter it again.`)
  }
  return line
}

export const checkDisplayName = (text: string) => checkLine(text, 'name', displayNameCharactersMax)
export const checkOrganisation = (text: string) =>
  checkLine(text, 'name of the organisation', organisationCharactersMax)

/** Several lines are fine in a note. */
export function checkNote(text: string): string {
  if ([...text].length > noteCharactersMax || !text.isWellFormed() || text.includes('\0')) {
    throw refuse('M_INVALID_PARAM', `The note may have at most ${noteCharactersMax} characters. Enter a shorter one.`)
  }
  return text.trim()
}
