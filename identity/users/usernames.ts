import { limits, refuse } from '#platform/api.ts'

const usernamePattern = /^[a-z0-9._=/+-]+$/
/**
 * `@_…` belongs to bridges, `@c-…` to citizens, `@desk` writes on behalf of the organisation,
 * `@notices` in the name of the server.
 */
const reservedPattern = /^(_|c-|(desk|notices)$)/

export function matrixIdOf(username: string, serverName: string): string {
  return `@${username}:${serverName}`
}

export function serverNameOf(matrixId: string): string {
  return matrixId.includes(':') ? matrixId.slice(matrixId.indexOf(':') + 1) : ''
}

export function usernameOf(matrixId: string): string {
  return matrixId.slice(1, matrixId.indexOf(':'))
}

/**
 * Checks a name that somebody wants for a new account.
 *
 * @returns the Matrix id that it gives; throws M_INVALID_USERNAME or M_EXCLUSIVE in words for the person who chose it.
 */
export function checkNewUsername(username: string, serverName: string): string {
  if (!usernamePattern.test(username)) {
    throw refuse(
      'M_INVALID_USERNAME',
      'A user name consists of small letters a to z, digits and the signs . _ = / + - only. Choose another one.',
    )
  }
  const matrixId = matrixIdOf(username, serverName)
  if (Buffer.byteLength(matrixId) > limits.identifierBytesMax) {
    throw refuse('M_INVALID_USERNAME', 'This user name is too long. Choose a shorter one.')
  }
  if (reservedPattern.test(username)) {
    throw refuse('M_EXCLUSIVE', 'This user name is kept for the system itself. Choose another one.')
  }
  return matrixId
}

/**
 * The Matrix id that somebody who signs in means by `alice`, `@alice:example.org`, or either with capital letters.
 *
 * @returns undefined when it can be nobody here
 */
export function matrixIdForSignIn(user: string, serverName: string): string | undefined {
  const name = user.trim().toLowerCase()
  const username = name.startsWith('@') && name.endsWith(`:${serverName}`) ? usernameOf(name) : name
  return usernamePattern.test(username) ? matrixIdOf(username, serverName) : undefined
}
