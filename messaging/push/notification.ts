import type { JsonObject, JsonValue, PushDecision } from '#matrix/api.ts'
import type { EventReader } from '../events/event-reader.ts'
import type { StoredEvent } from '../events/stored-event.ts'
import type { Room } from '../rooms/room.ts'
import { displayNameOf } from '../unread/count-anew.ts'
import type { Pusher } from './pushers.ts'

export type NotificationWish = {
  readonly pusher: Pusher
  /** When the push key was set, in milliseconds since 1970. */
  readonly setTs: number
  /** Undefined when only the number on the app's icon changes. */
  readonly told: { readonly event: StoredEvent; readonly room: Room; readonly decision: PushDecision } | undefined
  readonly unread: number
  readonly withContent: boolean
  readonly person: { readonly matrixId: string }
}

/** What a gateway is told: https://spec.matrix.org/v1.19/push-gateway-api/#post_matrixpushv1notify */
export async function notificationOf(deps: { reader: EventReader }, wish: NotificationWish): Promise<JsonObject> {
  const { pusher, told, unread } = wish
  const { url: _, ...data } = pusher.data
  const device: JsonObject = {
    app_id: pusher.app_id,
    pushkey: pusher.pushkey,
    pushkey_ts: Math.floor(wish.setTs / 1_000),
    data,
  }
  // A zero is told too: it is what takes the number off the icon.
  if (told === undefined) return { counts: { unread }, devices: [device] }
  const { event, room, decision } = told
  const tweaks = tweaksOf(decision)
  const isUrgent = event.type === 'm.room.encrypted' || tweaks.highlight === true || tweaks.sound !== undefined
  return {
    event_id: event.matrixId,
    room_id: room.matrixId,
    counts: { unread },
    prio: isUrgent ? 'high' : 'low',
    devices: [{ ...device, tweaks }],
    ...(wish.withContent && mayLeave(room) ? await contentOf(deps, room, event, wish.person.matrixId) : {}),
  }
}

/** What no other server may ever see is shown to no gateway either: conversations with citizens, and notes about them. */
function mayLeave(room: Room): boolean {
  return room.content('m.room.create')?.['m.federate'] !== false
}

function tweaksOf({ actions }: PushDecision): JsonObject {
  const tweaks: { [name: string]: JsonValue } = {}
  for (const action of actions) {
    if (typeof action === 'string') continue
    if (action.set_tweak === 'highlight') tweaks.highlight = action.value !== false
    if (action.set_tweak === 'sound' && typeof action.value === 'string') tweaks.sound = action.value
  }
  return tweaks
}

async function contentOf(
  deps: { reader: EventReader },
  room: Room,
  event: StoredEvent,
  matrixId: string,
): Promise<JsonObject> {
  const name = room.content('m.room.name')?.name
  const alias = room.content('m.room.canonical_alias')?.alias
  const senderName = await displayNameOf(deps, room, event.sender)
  return {
    type: event.type,
    sender: event.sender,
    content: event.content,
    ...(senderName === undefined ? {} : { sender_display_name: senderName }),
    ...(typeof name === 'string' ? { room_name: name } : {}),
    ...(typeof alias === 'string' ? { room_alias: alias } : {}),
    ...(event.type === 'm.room.member' ? { user_is_target: event.stateKey === matrixId } : {}),
  }
}
