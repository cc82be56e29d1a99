/**
 * Filters of clients: https://spec.matrix.org/v1.19/client-server-api/#filtering. Unknown keys are ignored; a known key of a
 * wrong type is refused, because a filter that is silently not applied would surprise.
 */
import type { JsonObject, JsonValue } from '#matrix/api.ts'
import { limits, refuse } from '#platform/api.ts'
import { type FormWish, pathOf } from './event-form.ts'

export type EventFilter = {
  readonly limit: number
  readonly lazyLoadMembers: boolean
  readonly includeRedundantMembers: boolean
  passes(event: { type: string; sender?: string; content?: JsonObject }): boolean
  /** Patterns of LIKE; undefined for all. */
  readonly types: readonly string[] | undefined
  readonly notTypes: readonly string[]
  /** Matrix ids; undefined for everybody. */
  readonly senders: readonly string[] | undefined
  readonly notSenders: readonly string[]
  /** Only events that something refers to, in one of the ways (`types`) and by one of the people given. */
  readonly relatedBy:
    | { readonly types: readonly string[] | undefined; readonly senders: readonly string[] | undefined }
    | undefined
  allowsRoom(matrixId: string): boolean
  /** True where nothing is filtered that can be told without opening an event. */
  readonly isOpen: boolean
}

export type SyncFilter = {
  readonly includeLeave: boolean
  allowsRoom(matrixId: string): boolean
  readonly timeline: EventFilter
  /** Whether unread counts of threads are told apart from that of the room. */
  readonly unreadByThread: boolean
  readonly state: EventFilter
  readonly ephemeral: EventFilter
  readonly roomAccountData: EventFilter
  readonly accountData: EventFilter
  readonly presence: EventFilter
  readonly form: FormWish
  /** The same for one room: a section that names rooms, and not this one, lets nothing of it through. */
  inRoom(matrixId: string): SyncFilter
}

const timelineLimitDefault = 10

/** Parses a whole filter; throws M_BAD_JSON with the key that is wrong. */
export function parseSyncFilter(source: JsonValue | undefined): SyncFilter {
  const filter = objectAt(source, 'filter')
  const room = objectAt(filter.room, 'room')
  const rooms = stringsAt(room.rooms, 'room.rooms')
  const notRooms = stringsAt(room.not_rooms, 'room.not_rooms')
  const whole: SyncFilter = {
    includeLeave: booleanAt(room.include_leave, 'room.include_leave'),
    allowsRoom: (id) => (rooms === undefined || rooms.has(id)) && !notRooms?.has(id),
    timeline: parseEventFilter(room.timeline, 'room.timeline'),
    unreadByThread: booleanAt(
      objectAt(room.timeline, 'room.timeline').unread_thread_notifications,
      'room.timeline.unread_thread_notifications',
    ),
    state: parseEventFilter(room.state, 'room.state'),
    ephemeral: parseEventFilter(room.ephemeral, 'room.ephemeral'),
    roomAccountData: parseEventFilter(room.account_data, 'room.account_data'),
    accountData: parseEventFilter(filter.account_data, 'account_data'),
    presence: parseEventFilter(filter.presence, 'presence'),
    form: formAt(filter),
    inRoom: (matrixId) => narrowed(whole, matrixId),
  }
  return whole
}

const sections = ['timeline', 'state', 'ephemeral', 'roomAccountData'] as const

function narrowed(filter: SyncFilter, matrixId: string): SyncFilter {
  const shut = sections.filter((section) => !filter[section].allowsRoom(matrixId))
  if (shut.length === 0) return filter
  const nothing = { isOpen: false, types: [], passes: () => false }
  return { ...filter, ...Object.fromEntries(shut.map((section) => [section, { ...filter[section], ...nothing }])) }
}

function formAt(filter: JsonObject): FormWish {
  const { event_format: format, event_fields: fields } = filter
  if (format !== undefined && format !== null && format !== 'client' && format !== 'federation') {
    throw wrong('event_format', '"client" or "federation"')
  }
  const paths = stringsAt(fields, 'event_fields')
  return { isFederation: format === 'federation', fields: paths && [...paths].map(pathOf) }
}

export function parseEventFilter(source: JsonValue | undefined, at: string): EventFilter {
  const filter = objectAt(source, at)
  const types = patternsAt(filter.types, `${at}.types`)
  const notTypes = patternsAt(filter.not_types, `${at}.not_types`)
  const senders = stringsAt(filter.senders, `${at}.senders`)
  const notSenders = stringsAt(filter.not_senders, `${at}.not_senders`)
  const relTypes = stringsAt(filter.related_by_rel_types, `${at}.related_by_rel_types`)
  const relSenders = stringsAt(filter.related_by_senders, `${at}.related_by_senders`)
  const rooms = stringsAt(filter.rooms, `${at}.rooms`)
  const notRooms = stringsAt(filter.not_rooms, `${at}.not_rooms`)
  const relatedBy =
    relTypes || relSenders ? { types: relTypes && [...relTypes], senders: relSenders && [...relSenders] } : undefined
  const containsUrl =
    filter.contains_url === undefined ? undefined : booleanAt(filter.contains_url, `${at}.contains_url`)
  return {
    limit: limitAt(filter.limit, `${at}.limit`),
    lazyLoadMembers: booleanAt(filter.lazy_load_members, `${at}.lazy_load_members`),
    includeRedundantMembers: booleanAt(filter.include_redundant_members, `${at}.include_redundant_members`),
    isOpen: !types && !notTypes && !senders && !notSenders && !relatedBy,
    types: types?.like,
    notTypes: notTypes?.like ?? [],
    senders: senders && [...senders],
    notSenders: [...(notSenders ?? [])],
    relatedBy,
    allowsRoom: (id) => (rooms === undefined || rooms.has(id)) && !notRooms?.has(id),
    passes: ({ type, sender, content }) =>
      (types === undefined || types.matches(type)) &&
      !notTypes?.matches(type) &&
      (senders === undefined || (sender !== undefined && senders.has(sender))) &&
      !(sender !== undefined && notSenders?.has(sender)) &&
      (containsUrl === undefined || containsUrl === (typeof content?.url === 'string')),
  }
}

function objectAt(value: JsonValue | undefined, at: string): JsonObject {
  if (value === undefined || value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value)) throw wrong(at, 'an object')
  return value
}

function booleanAt(value: JsonValue | undefined, at: string): boolean {
  if (value === undefined || value === null) return false
  if (typeof value !== 'boolean') throw wrong(at, 'true or false')
  return value
}

function limitAt(value: JsonValue | undefined, at: string): number {
  if (value === undefined || value === null) return timelineLimitDefault
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) throw wrong(at, 'a whole number of 0 or more')
  return Math.min(value, limits.pageSizeMax)
}

function stringsAt(value: JsonValue | undefined, at: string): Set<string> | undefined {
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value)) throw wrong(at, 'a list of strings')
  for (const entry of value) if (typeof entry !== 'string') throw wrong(at, 'a list of strings')
  return new Set(value as string[])
}

type Patterns = { matches(type: string): boolean; readonly like: readonly string[] }

/** `*` stands for anything; matched by its pieces, so that no pattern can take long. */
function patternsAt(value: JsonValue | undefined, at: string): Patterns | undefined {
  const strings = stringsAt(value, at)
  if (strings === undefined) return undefined
  const exact = new Set([...strings].filter((pattern) => !pattern.includes('*')))
  const globs = [...strings].filter((pattern) => pattern.includes('*')).map((pattern) => pattern.split('*'))
  return {
    matches: (type) => exact.has(type) || globs.some((pieces) => matchesPieces(type, pieces)),
    like: [...strings].map((pattern) => pattern.replace(/[\\%_]/g, '\\$&').replace(/\*+/g, '%')),
  }
}

function matchesPieces(text: string, pieces: readonly string[]): boolean {
  const first = pieces[0] ?? ''
  const last = pieces.at(-1) ?? ''
  if (!text.startsWith(first) || text.length < first.length + last.length) return false
  let from = first.length
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, from)
    if (found < 0) return false
    from = found + piece.length
  }
  return text.endsWith(last) && text.length - last.length >= from
}

function wrong(at: string, right: string): Error {
  return refuse('M_BAD_JSON', `In the filter, ${at} must be ${right}.`)
}
