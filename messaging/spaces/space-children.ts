/** The rooms that a space names, in the order in which they are shown. */
import type { JsonObject } from '#matrix/api.ts'
import type { Room } from '../rooms/room.ts'

export type SpaceChild = {
  readonly roomId: string
  readonly suggested: boolean
  /** A stripped state event with its time. */
  readonly event: JsonObject
}

type Sortable = SpaceChild & { readonly order: string | undefined; readonly ts: number }

/** At most 50 characters from space to tilde; anything else counts as no order. */
const validOrder = /^[ -~]{1,50}$/

export function isSpace(room: Room): boolean {
  return room.content('m.room.create')?.type === 'm.space'
}

/** https://spec.matrix.org/v1.19/client-server-api/#ordering-of-children-within-a-space */
export function childrenOf(room: Room): SpaceChild[] {
  if (!isSpace(room)) return []
  const found: Sortable[] = []
  for (const { pdu } of room.state.values()) {
    const { type, state_key: roomId, content, sender, origin_server_ts: ts } = pdu
    if (type !== 'm.space.child' || roomId === undefined || !isVia(content.via)) continue
    const order = typeof content.order === 'string' && validOrder.test(content.order) ? content.order : undefined
    const event = { type, state_key: roomId, content, sender, origin_server_ts: ts }
    found.push({ roomId, suggested: content.suggested === true, event, order, ts })
  }
  return found.sort(inOrder)
}

/** A child without servers to ask is one that was taken out. */
function isVia(via: unknown): boolean {
  return Array.isArray(via) && via.length > 0 && via.every((server) => typeof server === 'string')
}

function inOrder(a: Sortable, b: Sortable): number {
  if (a.order !== b.order) {
    if (a.order === undefined) return 1
    if (b.order === undefined) return -1
    return a.order < b.order ? -1 : 1
  }
  if (a.ts !== b.ts) return a.ts - b.ts
  return a.roomId < b.roomId ? -1 : 1
}
