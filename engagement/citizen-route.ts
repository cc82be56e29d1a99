import { route } from '#platform/api.ts'

/** A route about citizens: its refusals have `{code, message}` as `error`, and programs may ask as well as people. */
export const citizenRoute: typeof route = (definition) =>
  route({ ...(definition as object), refusals: 'nested' } as typeof definition)

/** Where a list goes on, as this server gave it; undefined for the beginning. */
export function readCursor(cursor: string | undefined): number | undefined {
  return cursor === undefined || !/^\d{1,15}$/.test(cursor) ? undefined : Number(cursor)
}
