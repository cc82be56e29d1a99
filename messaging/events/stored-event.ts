import type { JsonObject, JsonValue, Pdu, RoomVersion } from '#matrix/api.ts'
import { isJsonObject, redact, redactsOf } from '#matrix/api.ts'
import { type Clock, limits } from '#platform/api.ts'

/** The device that sent an event, and its transaction id: told to that device alone, so that it knows its own words again. */
export type Origin = { readonly userId: number; readonly deviceId: string; readonly transactionId: string }

export type StoredEventParts = {
  id: number
  roomId: number
  roomMatrixId: string
  version: RoomVersion
  matrixId: string
  senderId: number
  ordering: number
  notifyCount: number
  /** For member events: the person whose membership it is. */
  targetId?: number | undefined
  pdu: Pdu
  isPruned?: boolean
  /** Of the whole event as JSON, about. */
  jsonBytes: number
}

/** The objects round the words of an event, measured on short messages; the words stand in it, and in its shared text. */
const bytesBeside = 1_000

/**
 * An event as the server holds it. What is alike for all readers is made into text once (`sharedText`) and its
 * characters are shared by every answer that carries the event; a redaction makes it anew.
 */
export class StoredEvent {
  readonly id: number
  readonly roomId: number
  readonly roomMatrixId: string
  readonly version: RoomVersion
  readonly matrixId: string
  readonly senderId: number
  readonly ordering: number
  readonly notifyCount: number
  targetId: number | undefined
  /** Whether this is the form without the words of an erased person. */
  readonly isPruned: boolean
  /** About what it takes in memory. */
  readonly bytes: number
  #pdu: Pdu
  #text: string | undefined
  #pruned: StoredEvent | undefined

  constructor(parts: StoredEventParts) {
    this.id = parts.id
    this.roomId = parts.roomId
    this.roomMatrixId = parts.roomMatrixId
    this.version = parts.version
    this.matrixId = parts.matrixId
    this.senderId = parts.senderId
    this.ordering = parts.ordering
    this.notifyCount = parts.notifyCount
    this.targetId = parts.targetId
    this.isPruned = parts.isPruned ?? false
    this.bytes = bytesBeside + 2 * parts.jsonBytes
    this.#pdu = parts.pdu
  }

  get pdu(): Pdu {
    return this.#pdu
  }

  get type(): string {
    return this.#pdu.type
  }

  get sender(): string {
    return this.#pdu.sender
  }

  get stateKey(): string | undefined {
    return this.#pdu.state_key
  }

  get content(): JsonObject {
    return this.#pdu.content
  }

  /** Until when it sticks, in milliseconds since 1970; undefined for an event that never does. */
  get stickyUntil(): number | undefined {
    const sticky: unknown = this.#pdu.msc4354_sticky
    const ms = isJsonObject(sticky) ? sticky.duration_ms : undefined
    if (typeof ms !== 'number' || !Number.isSafeInteger(ms) || ms < 0) return undefined
    return this.#pdu.origin_server_ts + Math.min(ms, limits.stickyMsMax)
  }

  /** Also for those alone from whom the words of an erased person are kept. */
  get isRedacted(): boolean {
    return this.isPruned || this.#pdu.unsigned?.redacted_because !== undefined
  }

  /** Who redacted it. */
  get redactedBy(): string | undefined {
    const because = this.#pdu.unsigned?.redacted_because
    return isJsonObject(because) && typeof because.sender === 'string' ? because.sender : undefined
  }

  /** As if it were redacted. What was redacted keeps by whom, and not why. */
  pruned(): StoredEvent {
    this.#pruned ??= new StoredEvent({ ...this, pdu: prunedPdu(this), isPruned: true, jsonBytes: 0 })
    return this.#pruned
  }

  /** The redacted form takes the place of the first one, for everybody who reads from now on. */
  replace(pdu: Pdu): void {
    this.#pdu = pdu
    this.#text = undefined
    this.#pruned = undefined
  }

  origin(): Origin | undefined {
    const origin = this.#pdu.unsigned?.origin
    if (origin === null || typeof origin !== 'object' || Array.isArray(origin)) return undefined
    return origin as unknown as Origin
  }

  /** The client form without `unsigned` and without its closing brace. */
  sharedText(): string {
    this.#text ??= JSON.stringify(clientFields(this)).slice(0, -1)
    return this.#text
  }

  /** What belongs into `unsigned` for every reader. */
  sharedUnsigned(): JsonObject {
    const { origin, ...rest } = this.#pdu.unsigned ?? {}
    return rest
  }
}

function prunedPdu({ pdu, version }: StoredEvent): Pdu {
  const because = pdu.unsigned?.redacted_because
  const kept = redact(pdu, version)
  if (!isJsonObject(because)) return kept
  const { redacts } = isJsonObject(because.content) ? because.content : {}
  return { ...kept, unsigned: { redacted_because: { ...because, content: redacts === undefined ? {} : { redacts } } } }
}

/** https://spec.matrix.org/v1.19/client-server-api/#room-event-format */
function clientFields(event: StoredEvent): JsonObject {
  const { pdu } = event
  const fields: JsonObject = {
    content: pdu.content,
    event_id: event.matrixId,
    origin_server_ts: pdu.origin_server_ts,
    room_id: event.roomMatrixId,
    sender: pdu.sender,
    type: pdu.type,
  }
  if (pdu.state_key !== undefined) fields.state_key = pdu.state_key
  if (event.stickyUntil !== undefined) fields.msc4354_sticky = pdu.msc4354_sticky as JsonObject
  const redacts = pdu.type === 'm.room.redaction' ? redactsOf(pdu, event.version) : undefined
  if (redacts !== undefined) fields.redacts = redacts
  return fields
}

/** Relations of an event, told beside it: https://spec.matrix.org/v1.19/client-server-api/#aggregations-of-child-events */
export type Aggregations = { readonly [relation: string]: JsonValue }

export type Reader = { readonly userId: number; readonly deviceId: string }

/** The text of an event for one reader. With a clock it says of an event that sticks for how long it still does. */
export function eventText(event: StoredEvent, reader: Reader, aggregations?: Aggregations, clock?: Clock): string {
  const unsigned = unsignedFor(event, reader, aggregations, clock)
  return unsigned === undefined ? `${event.sharedText()}}` : `${event.sharedText()},"unsigned":${unsigned}}`
}

function unsignedFor(
  event: StoredEvent,
  reader: Reader,
  aggregations: Aggregations | undefined,
  clock: Clock | undefined,
): string | undefined {
  const origin = event.origin()
  const own = origin !== undefined && origin.userId === reader.userId && origin.deviceId === reader.deviceId
  const shared = event.sharedUnsigned()
  const until = clock === undefined ? undefined : event.stickyUntil
  const stickyMs = until === undefined ? 0 : until - (clock?.nowMs() ?? 0)
  if (!own && aggregations === undefined && stickyMs <= 0 && Object.keys(shared).length === 0) return undefined
  const unsigned: JsonObject = { ...shared }
  if (stickyMs > 0) unsigned.msc4354_sticky_duration_ttl_ms = stickyMs
  if (own) unsigned.transaction_id = origin.transactionId
  if (aggregations !== undefined) unsigned['m.relations'] = aggregations as JsonObject
  return JSON.stringify(unsigned)
}

/** The same as an object, for the few places that must look into it. */
export function eventObject(
  event: StoredEvent,
  reader: Reader,
  aggregations?: Aggregations,
  clock?: Clock,
): JsonObject {
  return JSON.parse(eventText(event, reader, aggregations, clock)) as JsonObject
}

/** The stripped form, for people who are not in the room yet. */
export function strippedText(pdu: Pdu): string {
  return JSON.stringify({ content: pdu.content, sender: pdu.sender, state_key: pdu.state_key, type: pdu.type })
}

export type Relation = { readonly target: string; readonly type: string }

/** The relation that an event states, when it is well formed. */
export function relationOf(content: JsonObject): Relation | undefined {
  const relatesTo = content['m.relates_to']
  if (relatesTo === null || typeof relatesTo !== 'object' || Array.isArray(relatesTo)) return undefined
  const { rel_type: type, event_id: target } = relatesTo as JsonObject
  if (typeof type !== 'string' || typeof target !== 'string') return undefined
  if (type.length === 0 || type.length > 255 || target.length > 255) return undefined
  // Stored readable for look-ups, where PostgreSQL holds no U+0000; no relation and no event id has one.
  if (type.includes('\0') || target.includes('\0')) return undefined
  return { type, target }
}
