import { refuse } from '#platform/api.ts'

export const pageLimitDefault = 50
export const pageLimitMax = 200

/** Only this server's own directory can be read here. */
export function requireOwnServer(serverName: string, asked: string | undefined): void {
  if (asked !== undefined && asked !== '' && asked !== serverName) {
    throw refuse('M_NOT_FOUND', 'The directories of other servers cannot be read from here. Leave server out.')
  }
}
