/** The entry of a room in an answer, as text in the dialect of the client. */
import type { JsonObject, JsonValue } from '#matrix/api.ts'
import type { Clock } from '#platform/api.ts'
import { type Aggregations, eventText, type Reader } from '../events/stored-event.ts'
import { tokenBehind } from '../sync/tokens.ts'
import type { UnreadCounts } from '../unread/unread.ts'
import type { Dialect } from './request.ts'
import type { OwnRoom } from './room-lists.ts'
import type { RoomStatePart } from './room-states.ts'
import type { RoomTask } from './room-task.ts'
import type { RoomTimeline } from './room-timelines.ts'

/** What the proposal calls things, and what the unstable path calls them. */
const names = {
  stable: { timeline: 'timeline_events', expanded: 'expanded_timeline', stripped: 'stripped_state' },
  unstable: { timeline: 'timeline', expanded: 'unstable_expanded_timeline', stripped: 'invite_state' },
} as const satisfies Record<Dialect, { timeline: string; expanded: string; stripped: string }>

export type JoinedText = {
  readonly task: RoomTask
  readonly timeline: RoomTimeline
  readonly state: RoomStatePart
  readonly heroes: JsonObject[] | undefined
  readonly isDirect: boolean
  readonly unread: UnreadCounts | undefined
}

export type TextQuery = {
  readonly subject: Reader
  readonly dialect: Dialect
  readonly after: number | undefined
  readonly aggregations: ReadonlyMap<string, Aggregations>
  readonly clock: Clock
}

/** Of a room that the person is in, or was in. */
export function joinedText(parts: JoinedText, query: TextQuery): string {
  const { task, timeline, state, heroes, isDirect, unread } = parts
  const { subject, aggregations, dialect, clock } = query
  const name = names[dialect]
  const begins = task.from === undefined
  const fields = commonFields(task.wish.own, task.wish.lists)
  if (begins) fields.push('"initial":true')
  if (task.expands) fields.push(`"${name.expanded}":true`)
  fields.push(...aboutFields(state, begins))
  if (heroes !== undefined && heroes.length > 0) fields.push(`"heroes":${JSON.stringify(heroes)}`)
  if (begins ? isDirect : task.sent?.isDirect !== isDirect) fields.push(`"is_dm":${isDirect}`)
  if (state.required.length > 0) {
    fields.push(`"required_state":[${state.required.map((event) => eventText(event, subject)).join(',')}]`)
  }
  const events = timeline.events.map(({ event }) => eventText(event, subject, aggregations.get(event.matrixId), clock))
  if (events.length > 0) fields.push(`"${name.timeline}":[${events.join(',')}]`)
  if (events.length > 0 || timeline.limited) fields.push(`"prev_batch":"${tokenBehind(timeline.end)}"`)
  fields.push(`"limited":${timeline.limited}`)
  const { after } = query
  const isNew = (position: number) => after !== undefined && position > after
  fields.push(`"num_live":${timeline.events.filter(({ position }) => isNew(position)).length}`)
  if (task.wish.own.membership === 'join' && (begins || state.membersChanged)) {
    fields.push(`"joined_count":${task.room.memberCount('join')}`)
    fields.push(`"invited_count":${task.room.memberCount('invite')}`)
  }
  if (unread !== undefined) {
    fields.push(`"notification_count":${unread.main.notifications}`, `"highlight_count":${unread.main.highlights}`)
  }
  return `{${fields.join(',')}}`
}

/** Of a room that the person is invited to, knocks at, or was turned away from. */
export function outsiderText(parts: {
  own: OwnRoom
  lists: readonly string[]
  stripped: readonly string[]
  dialect: Dialect
}): string {
  const fields = commonFields(parts.own, parts.lists)
  fields.push('"initial":true', `"${names[parts.dialect].stripped}":[${parts.stripped.join(',')}]`)
  return `{${fields.join(',')}}`
}

function commonFields(own: OwnRoom, lists: readonly string[]): string[] {
  const fields = [`"bump_stamp":${own.bumpTs}`, `"membership":"${own.membership}"`]
  if (lists.length > 0) fields.push(`"lists":${JSON.stringify(lists)}`)
  return fields
}

function aboutFields(state: RoomStatePart, begins: boolean): string[] {
  const fields: string[] = []
  const tell = (key: string, type: string, value: JsonValue | undefined) => {
    const isSet = typeof value === 'string' && value !== ''
    if (isSet) fields.push(`"${key}":${JSON.stringify(value)}`)
    else if (!begins && state.about.has(type)) fields.push(`"${key}":null`)
  }
  tell('name', 'm.room.name', state.about.get('m.room.name')?.content.name)
  tell('avatar', 'm.room.avatar', state.about.get('m.room.avatar')?.content.url)
  return fields
}
