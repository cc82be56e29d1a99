import type { Db } from '#platform/api.ts'
import type { Room } from '../rooms/room.ts'
import { orderingAtPosition } from '../store/events.ts'
import { parsePagingToken } from '../sync/tokens.ts'

/** The event of the timeline behind which a token of a client lies, as its place; undefined without a token. */
export async function placeOfToken(db: Db, room: Room, token: string | undefined): Promise<number | undefined> {
  if (token === undefined || token === '') return undefined
  const place = parsePagingToken(token)
  return 'ordering' in place ? place.ordering : orderingAtPosition(db, room.id, place.position)
}
