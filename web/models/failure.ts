import { ApiError } from '../matrix/http.ts'
import { words } from '../words/index.ts'

type MatrixErrorLike = {
  errcode?: string
  message?: string
  data?: { error?: string }
  httpStatus?: number
  name?: string
}

/** The server's code for an error of any of our doors; OFFLINE when nobody answered. */
export function codeOf(error: unknown): string {
  if (error instanceof ApiError) return error.code
  const known = error as MatrixErrorLike | undefined
  if (known?.name === 'ConnectionError' || known?.name === 'TypeError') return 'OFFLINE'
  return known?.errcode ?? (known?.httpStatus === 413 ? 'M_TOO_LARGE' : 'M_UNKNOWN')
}

/** An error as a sentence that says what to do. A refusal of the server's own has better words than ours. */
export function explain(error: unknown): string {
  const code = codeOf(error)
  const said = error instanceof ApiError ? error.message : (error as MatrixErrorLike | undefined)?.data?.error
  // Our server explains itself in a sentence; other servers' short codes say less than our own words.
  if (said && code !== 'OFFLINE' && /^\p{Lu}.*\.$/u.test(said) && said.split(' ').length > 4) return said
  return words.failure(code, said)
}
