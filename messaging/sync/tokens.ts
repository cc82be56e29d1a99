/**
 * Tokens of clients. `s<position>_<typing serial>` is a place in the log (sync); `t<ordering>` is a place in the timeline
 * of one room (paging): the place itself is not included in what follows, in either direction.
 */
import { refuse } from '#platform/api.ts'

export type SyncToken = { readonly position: number; readonly typing: number }

const syncForm = /^s(\d{1,16})_(\d{1,16})$/
const timelineForm = /^t(-?\d{1,16})$/

export function syncToken(token: SyncToken): string {
  return `s${token.position}_${token.typing}`
}

export function parseSyncToken(text: string): SyncToken {
  const match = syncForm.exec(text)
  const position = Number(match?.[1])
  const typing = Number(match?.[2])
  if (match === null || !Number.isSafeInteger(position) || !Number.isSafeInteger(typing)) throw unknownToken()
  return { position, typing }
}

export function timelineToken(ordering: number): string {
  return `t${ordering}`
}

/** Where paging begins: a place in the timeline, or a place in the log that is yet to be found in the timeline. */
export function parsePagingToken(text: string): { ordering: number } | { position: number } {
  const match = timelineForm.exec(text)
  if (match === null) return { position: parseSyncToken(text).position }
  const ordering = Number(match[1])
  if (!Number.isSafeInteger(ordering)) throw unknownToken()
  return { ordering }
}

/** Where paging through relations or threads goes on; undefined at its beginning. */
export function placeOf(token: string | undefined): number | undefined {
  if (token === undefined || token === '') return undefined
  const place = parsePagingToken(token)
  if ('ordering' in place) return place.ordering
  throw refuse('M_INVALID_PARAM', 'Go on with the next_batch that this endpoint gave.')
}

export function unknownToken(): Error {
  return refuse('M_INVALID_PARAM', 'This server gave out no such token. Start again without a token.')
}
