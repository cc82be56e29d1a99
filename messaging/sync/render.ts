/** The answer of /sync as text, put together from the shared texts of events. */
import type { JsonObject } from '#matrix/api.ts'
import type { Aggregations, StoredEvent } from '../events/stored-event.ts'
import { totalOf, type UnreadCount, type UnreadCounts } from '../unread/unread.ts'
import type { EventForm } from './event-form.ts'

/** Under which name the state at the end of the timeline is told, where that is asked for instead of that at its beginning. */
export type StateAfter = false | 'state_after' | 'org.matrix.msc4222.state_after'

export type JoinedRoomParts = {
  readonly timeline: readonly StoredEvent[]
  readonly limited: boolean
  /** The token with which paging back begins: behind it lies the newest event that is not told. */
  readonly end: string
  readonly state: readonly StoredEvent[]
  /** Whether the state is that behind the timeline, and not that before it. */
  readonly stateAfter: StateAfter
  /** What sticks and is new to the client, and not in the timeline. */
  readonly sticky: readonly StoredEvent[]
  readonly ephemeral: readonly JsonObject[]
  readonly accountData: readonly JsonObject[]
  readonly unread: UnreadCounts | undefined
  /** Whether threads are told apart, by the filter. */
  readonly unreadByThread: boolean
  readonly summary: JsonObject | undefined
  readonly aggregations: ReadonlyMap<string, Aggregations>
}

export function joinedRoomText(room: JoinedRoomParts, form: EventForm): string {
  const parts = [timelineText(room, form), stateText(room, form)]
  if (room.sticky.length > 0) {
    parts.push(`"msc4354_sticky":{"events":[${room.sticky.map((event) => form(event)).join(',')}]}`)
  }
  if (room.ephemeral.length > 0) parts.push(`"ephemeral":{"events":${JSON.stringify(room.ephemeral)}}`)
  if (room.accountData.length > 0) parts.push(`"account_data":{"events":${JSON.stringify(room.accountData)}}`)
  if (room.summary !== undefined) parts.push(`"summary":${JSON.stringify(room.summary)}`)
  if (room.unread !== undefined) parts.push(...unreadTexts(room.unread, room.unreadByThread))
  return `{${parts.join(',')}}`
}

/** https://spec.matrix.org/v1.19/client-server-api/#receiving-notifications */
function unreadTexts(unread: UnreadCounts, byThread: boolean): string[] {
  if (!byThread) return [`"unread_notifications":${countText(totalOf(unread))}`]
  const whole = `"unread_notifications":${countText(unread.main)}`
  if (unread.threads.size === 0) return [whole]
  const threads = [...unread.threads].map(([root, count]) => `${JSON.stringify(root)}:${countText(count)}`)
  return [whole, `"unread_thread_notifications":{${threads.join(',')}}`]
}

function countText({ notifications, highlights }: UnreadCount): string {
  return `{"notification_count":${notifications},"highlight_count":${highlights}}`
}

export function leftRoomText(
  room: Pick<JoinedRoomParts, 'timeline' | 'limited' | 'end' | 'state' | 'stateAfter' | 'aggregations'>,
  form: EventForm,
): string {
  return `{${timelineText(room, form)},${stateText(room, form)}}`
}

type TimelineParts = Pick<JoinedRoomParts, 'timeline' | 'limited' | 'end' | 'aggregations'>

function timelineText(room: TimelineParts, form: EventForm): string {
  const events = room.timeline.map((event) => form(event, room.aggregations.get(event.matrixId)))
  return `"timeline":{"events":[${events.join(',')}],"limited":${room.limited},"prev_batch":"${room.end}"}`
}

function stateText({ state, stateAfter }: Pick<JoinedRoomParts, 'state' | 'stateAfter'>, form: EventForm): string {
  const name = stateAfter === false ? 'state' : stateAfter
  return `"${name}":{"events":[${state.map((event) => form(event)).join(',')}]}`
}

/** What belongs to no room and to no person's settings. */
export type DevicePart = {
  readonly presence: readonly JsonObject[]
  readonly toDevice: readonly JsonObject[]
  readonly deviceLists: { readonly changed: readonly string[]; readonly left: readonly string[] }
}

/** What stands in every answer: clients publish new keys when few are left. */
export type KeyCountPart = {
  readonly oneTimeKeys: Record<string, number>
  readonly unusedFallbackKeyTypes: readonly string[]
}

export type SyncAnswer = {
  readonly join: ReadonlyMap<string, string>
  readonly invite: ReadonlyMap<string, string>
  readonly knock: ReadonlyMap<string, string>
  readonly leave: ReadonlyMap<string, string>
  readonly accountData: readonly JsonObject[]
  /** The place in the log up to which sticky events are told. */
  readonly stickyEnd: number
}

export function isEmpty(answer: SyncAnswer, device: DevicePart): boolean {
  const { join, invite, knock, leave, accountData } = answer
  const { toDevice, deviceLists, presence } = device
  const ofDevice = presence.length + toDevice.length + deviceLists.changed.length + deviceLists.left.length
  return join.size + invite.size + knock.size + leave.size + accountData.length + ofDevice === 0
}

export function syncText(answer: SyncAnswer, device: DevicePart, keys: KeyCountPart, nextBatch: string): string {
  const rooms = (['join', 'invite', 'knock', 'leave'] as const)
    .filter((kind) => answer[kind].size > 0)
    .map((kind) => `"${kind}":{${[...answer[kind]].map(([id, text]) => `${JSON.stringify(id)}:${text}`).join(',')}}`)
  const parts = [
    `"next_batch":"${nextBatch}"`,
    `"device_one_time_keys_count":${JSON.stringify(keys.oneTimeKeys)}`,
    `"device_unused_fallback_key_types":${JSON.stringify(keys.unusedFallbackKeyTypes)}`,
  ]
  const { changed, left } = device.deviceLists
  if (changed.length + left.length > 0) parts.push(`"device_lists":${JSON.stringify({ changed, left })}`)
  if (device.presence.length > 0) parts.push(`"presence":{"events":${JSON.stringify(device.presence)}}`)
  if (answer.accountData.length > 0) parts.push(`"account_data":{"events":${JSON.stringify(answer.accountData)}}`)
  if (device.toDevice.length > 0) parts.push(`"to_device":{"events":${JSON.stringify(device.toDevice)}}`)
  if (rooms.length > 0) parts.push(`"rooms":{${rooms.join(',')}}`)
  return `{${parts.join(',')}}`
}
