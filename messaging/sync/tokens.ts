/**
 * Tokens of clients. `s<position>_<typing serial>` is a place in the log (sync), with two further positions behind it where
 * messages to the device, or sticky events, were told up to an earlier place only; `p<state>_<position>_<typing serial>` the
 * same with the state of a connection (sliding sync); `t<ordering>` is a place in the timeline of one room (paging). All lie
 * between events: behind the one that they name and before the next, whichever way is read on.
 */
import { refuse } from '#platform/api.ts'

export type SyncToken = {
  readonly position: number
  readonly typing: number
  readonly toDevice: number
  readonly sticky: number
}

const syncForm = /^s(\d{1,16})_(\d{1,16})(?:_(\d{1,16}))?(?:_(\d{1,16}))?$/
const posForm = /^p(\d{1,16})_(\d{1,16})_(\d{1,16})$/
const timelineForm = /^t(-?\d{1,16})$/

export function syncToken(token: SyncToken): string {
  const { position, typing, toDevice, sticky } = token
  if (sticky < position) return `s${position}_${typing}_${toDevice}_${sticky}`
  return toDevice < position ? `s${position}_${typing}_${toDevice}` : `s${position}_${typing}`
}

export function parseSyncToken(text: string): SyncToken {
  const match = syncForm.exec(text)
  const position = Number(match?.[1])
  const typing = Number(match?.[2])
  const [toDevice, sticky] = [match?.[3], match?.[4]].map((text) => (text === undefined ? position : Number(text)))
  const token = { position, typing, toDevice: toDevice ?? position, sticky: sticky ?? position }
  if (match === null || !Object.values(token).every(Number.isSafeInteger)) throw unknownToken()
  return { ...token, toDevice: Math.min(token.toDevice, position), sticky: Math.min(token.sticky, position) }
}

/** `serial` is that of the connection's state. */
export type Pos = Pick<SyncToken, 'position' | 'typing'> & { readonly serial: number }

export function posToken({ serial, position, typing }: Pos): string {
  return `p${serial}_${position}_${typing}`
}

/** Undefined for what this server never gave out. */
export function parsePos(text: string): Pos | undefined {
  const match = posForm.exec(text)
  const [serial, position, typing] = [Number(match?.[1]), Number(match?.[2]), Number(match?.[3])]
  if (match === null || ![serial, position, typing].every(Number.isSafeInteger)) return undefined
  return { serial, position, typing }
}

/** The place behind the event that has this place in the timeline. */
export function tokenBehind(ordering: number): string {
  return `t${ordering}`
}

/**
 * Where a client pages back from what it is told of a timeline: from before the first event, or, where there is none, from the
 * place in the log that the answer is about. A room in memory may be ahead of that.
 */
export function tokenBefore(first: { readonly ordering: number } | undefined, until: number): string {
  if (first !== undefined) return tokenBehind(first.ordering - 1)
  return syncToken({ position: until, typing: 0, toDevice: until, sticky: until })
}

/** Where paging begins: behind an event of the timeline, or a place in the log that is yet to be found in the timeline. */
export function parsePagingToken(text: string): { ordering: number } | { position: number } {
  const match = timelineForm.exec(text)
  if (match === null) return { position: (parsePos(text) ?? parseSyncToken(text)).position }
  const ordering = Number(match[1])
  if (!Number.isSafeInteger(ordering)) throw unknownToken()
  return { ordering }
}

/** Where paging through threads goes on; undefined at its beginning. */
export function placeOf(token: string | undefined): number | undefined {
  if (token === undefined || token === '') return undefined
  const place = parsePagingToken(token)
  if ('ordering' in place) return place.ordering
  throw refuse('M_INVALID_PARAM', 'Go on with the next_batch that this endpoint gave.')
}

export function unknownToken(): Error {
  return refuse('M_INVALID_PARAM', 'This server gave out no such token. Start again without a token.')
}
