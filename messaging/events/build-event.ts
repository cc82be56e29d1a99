/**
 * From a draft to an event of a room: previous events, authorisation, hash, ciphertext. Synchronous and on
 * the room in memory, so that a batch of many rooms is built without waiting for anything.
 */

import type { Membership } from '#access/api.ts'
import {
  authTypesFor,
  checkAuth,
  eventSizeProblem,
  type HashedEvent,
  hashEvent,
  type JsonObject,
  NotAllowed,
  NotCanonical,
  type Pdu,
  redact,
  referenceHash,
  type SigningKey,
  stateKeyOf,
} from '#matrix/api.ts'
import { type Clock, type Random, refuse, type Vault } from '#platform/api.ts'
import { type Member, membershipCodes, type Room } from '../rooms/room.ts'
import type { EventInsert, StateInsert } from '../store/append.ts'
import { annotationHash } from './annotations.ts'
import { type Draft, Overtaken } from './draft.ts'
import { sealEvent } from './event-codec.ts'
import { type Notice, noticeOf } from './notice.ts'
import { storedStateKey } from './state-keys.ts'
import { relationOf, StoredEvent } from './stored-event.ts'
import { mainThread } from './thread-of.ts'

export type BuiltEvent = {
  readonly draft: Draft
  readonly event: StoredEvent
  readonly row: EventInsert
  readonly state: Omit<StateInsert, 'n'> | undefined
  readonly redaction: BuiltRedaction | undefined
  /** Of a reaction: the hash under which it stands once. */
  readonly annotation: Buffer | undefined
  readonly notice: Notice
  /** The id of the root of the thread that it belongs to, or `main`. */
  readonly thread: string
  /** The version of the room's head once this event is in it. */
  readonly headVersion: number
}

export type BuiltRedaction = Overwritten & {
  /** What told of the redacted event: the state that replaced it, or what it had redacted itself. */
  readonly successor: (Overwritten & { readonly redactedBy: string | null }) | undefined
}
type Overwritten = { readonly target: StoredEvent; readonly pdu: Pdu; readonly sealed: Buffer }

export type BuildDeps = {
  readonly clock: Clock
  readonly vault: Vault
  readonly random: Random
  readonly serverName: string
  /** The key with which the event will be signed, if it leaves this server: what it adds to the size is counted. */
  readonly signingKey: Pick<SigningKey, 'keyId'>
}

/** Builds the event and lets the room take it in. Throws a `Refusal` and leaves the room untouched when it may not be. */
export function buildEvent(deps: BuildDeps, room: Room, internalId: number, draft: Draft): BuiltEvent {
  refuseOvertaken(room, draft)
  const unsigned = unsignedOf(room, draft)
  const { pdu, eventId, canonicalSize } = finish(deps, room, authorised(deps, room, draft))
  if (Object.keys(unsigned).length > 0) pdu.unsigned = unsigned
  const { head } = room
  const notice = noticeOf(room, pdu)
  const event = new StoredEvent({
    id: internalId,
    targetId: draft.target?.userId,
    roomId: room.id,
    roomMatrixId: room.matrixId,
    version: room.version,
    matrixId: eventId,
    senderId: draft.sender.userId,
    ordering: head.ordering + 1,
    notifyCount: head.notifyCount + (notice.counts ? 1 : 0),
    pdu,
    jsonBytes: canonicalSize,
  })
  const row = rowOf(deps, room, event)
  const built: BuiltEvent = {
    draft,
    event,
    row,
    state: draft.stateKey === undefined ? undefined : stateOf(room, draft, row),
    redaction: redactionOf(room, draft, event),
    annotation: draft.stateKey === undefined ? annotationHash(deps.vault, room.matrixId, pdu) : undefined,
    notice,
    thread: draft.thread ?? mainThread,
    headVersion: head.version + 1,
  }
  takeIn(room, built)
  return built
}

function refuseOvertaken(room: Room, { onlyWhileHeld: held }: Draft): void {
  if (held !== undefined && room.eventIdOf(held.type, held.stateKey) !== held.eventId) throw new Overtaken()
}

function authorised(deps: BuildDeps, room: Room, draft: Draft): Pdu {
  if (draft.onlyWhile !== undefined && room.member(draft.sender.matrixId)?.membership !== draft.onlyWhile) {
    throw refuse('M_FORBIDDEN', 'You are no longer in this room. Ask a member to invite you.')
  }
  const pdu: Pdu = {
    type: draft.type,
    sender: draft.sender.matrixId,
    content: draft.content,
    origin_server_ts: draft.originTs ?? deps.clock.nowMs(),
    depth: room.head.depth + 1,
    prev_events: room.head.extremities.map((id) => room.reference(id)),
    auth_events: [],
  }
  if (room.version.eventIds === 'in-event') pdu.event_id = `$${deps.random.token(18)}:${deps.serverName}`
  if (draft.stateKey !== undefined) pdu.state_key = draft.stateKey
  if (draft.stickyMs !== undefined) pdu.msc4354_sticky = { duration_ms: draft.stickyMs }
  if (!(room.version.roomIdIsCreateHash && draft.type === 'm.room.create')) pdu.room_id = room.matrixId
  if (draft.redacts !== undefined) {
    if (room.version.redactsInContent) pdu.content = { ...draft.content, redacts: draft.redacts.matrixId }
    else pdu.redacts = draft.redacts.matrixId
  }
  for (const [type, key] of authTypesFor(pdu, room.version)) {
    const id = room.eventIdOf(type, key)
    if (id !== undefined) pdu.auth_events.push(room.reference(id))
  }
  try {
    checkAuth(pdu, room.version, room)
  } catch (error) {
    if (error instanceof NotAllowed) throw refuse('M_FORBIDDEN', error.message, { detail: error.rule, cause: error })
    throw error
  }
  return pdu
}

function finish(deps: BuildDeps, room: Room, bare: Pdu): HashedEvent {
  try {
    const signer = { serverName: deps.serverName, keyId: deps.signingKey.keyId }
    const hashed = hashEvent(bare, room.version, signer)
    const tooLarge = eventSizeProblem(hashed.pdu, hashed.canonicalSize)
    if (tooLarge !== undefined) throw refuse('M_TOO_LARGE', tooLarge)
    return hashed
  } catch (error) {
    if (error instanceof NotCanonical) throw refuse('M_BAD_JSON', error.message, { cause: error })
    throw error
  }
}

function rowOf(deps: BuildDeps, room: Room, event: StoredEvent): EventInsert {
  const { pdu } = event
  const relation = relationOf(pdu.content)
  return {
    id: event.id,
    room_id: room.id,
    matrix_id: event.matrixId,
    type: pdu.type,
    state_key: pdu.state_key === undefined ? null : storedStateKey(deps.vault, room.matrixId, pdu.state_key),
    sender_id: event.senderId,
    origin_ts: pdu.origin_server_ts,
    depth: pdu.depth,
    ordering: event.ordering,
    line_id: room.head.lineId,
    line_seq: room.head.lineSeq,
    relates_to: relation?.target ?? null,
    relation: relation?.type ?? null,
    notify_count: event.notifyCount,
    sealed: sealEvent(room.key, event.matrixId, pdu),
  }
}

function stateOf(room: Room, draft: Draft, row: EventInsert): Omit<StateInsert, 'n'> {
  const isMember = draft.type === 'm.room.member' && draft.target !== undefined
  return {
    room_id: room.id,
    type: row.type,
    state_key: row.state_key ?? '',
    event_id: row.id,
    line_id: row.line_id,
    seq: row.line_seq + 1,
    user_id: isMember ? (draft.target?.userId ?? null) : null,
    membership: isMember ? membershipCodes[draft.content.membership as Membership] : null,
  }
}

/** The redacted form keeps, for its readers only, the event that redacted it. */
function redactionOf(room: Room, draft: Draft, event: StoredEvent): BuiltEvent['redaction'] {
  const target = draft.redacts
  if (target === undefined) return undefined
  const pdu = redact(target.pdu, room.version)
  pdu.unsigned = { redacted_because: JSON.parse(`${event.sharedText()}}`) as JsonObject }
  const successor =
    draft.successor === undefined
      ? undefined
      : target.type === 'm.room.redaction'
        ? withoutReason(room, draft.successor, pdu, target.matrixId)
        : withoutPrevious(room, draft.successor)
  return { target, pdu, sealed: sealEvent(room.key, target.matrixId, pdu), successor }
}

/** What was redacted stays so, and no longer repeats why. */
function withoutReason(room: Room, target: StoredEvent, { content }: Pdu, redactedBy: string) {
  const { unsigned } = target.pdu
  const because = { ...(unsigned?.redacted_because as JsonObject), content }
  const pdu = { ...target.pdu, unsigned: { ...unsigned, redacted_because: because } }
  return { target, pdu, sealed: sealEvent(room.key, target.matrixId, pdu), redactedBy }
}

function withoutPrevious(room: Room, target: StoredEvent) {
  const { prev_content: _, ...unsigned } = target.pdu.unsigned ?? {}
  const pdu = { ...target.pdu, unsigned }
  return { target, pdu, sealed: sealEvent(room.key, target.matrixId, pdu), redactedBy: null }
}

function unsignedOf(room: Room, draft: Draft): JsonObject {
  const unsigned: JsonObject = {}
  if (draft.transaction !== undefined) {
    const { deviceId, transactionId } = draft.transaction
    unsigned.origin = { userId: draft.sender.userId, deviceId, transactionId }
  }
  if (draft.stateKey === undefined) return unsigned
  const before = previousOf(room, draft.type, draft.stateKey)
  if (before === undefined) return unsigned
  unsigned.replaces_state = before.eventId
  if (before.content !== undefined) unsigned.prev_content = before.content
  return unsigned
}

function previousOf(room: Room, type: string, stateKey: string): Pick<Member, 'eventId' | 'content'> | undefined {
  if (type === 'm.room.member') return room.member(stateKey)
  const entry = room.stateEntry(type, stateKey)
  return entry && { eventId: entry.eventId, content: entry.pdu.content }
}

function takeIn(room: Room, built: BuiltEvent): void {
  const { event, draft } = built
  const { head } = room
  if (room.version.eventReferences === 'pairs') rememberHash(room, built)
  head.version += 1
  head.extremities = [event.matrixId]
  head.depth = event.pdu.depth
  head.ordering = event.ordering
  head.notifyCount = event.notifyCount
  if (built.redaction !== undefined) redactState(room, built.redaction)
  if (draft.stateKey === undefined) return
  head.lineSeq += 1
  if (draft.type === 'm.room.member' && draft.target !== undefined) {
    room.setMember({
      userId: draft.target.userId,
      matrixId: draft.target.matrixId,
      membership: draft.content.membership as Membership,
      eventId: event.matrixId,
      internalId: event.id,
      content: draft.content,
    })
    return
  }
  const entry = { internalId: event.id, eventId: event.matrixId, pdu: event.pdu }
  room.state.set(stateKeyOf(draft.type, draft.stateKey), entry)
}

function rememberHash(room: Room, { event, draft }: BuiltEvent): void {
  const isState = draft.stateKey !== undefined
  const replaces = isState ? room.eventIdOf(draft.type, draft.stateKey) : undefined
  const hash = referenceHash(event.pdu, room.version)
  room.rememberHash(event.matrixId, hash, { isState, ...(replaces !== undefined && { replaces }) })
}

/** A redacted state event still holds, with what the redaction left of it. */
function redactState(room: Room, redaction: NonNullable<BuiltEvent['redaction']>): void {
  const { target, pdu } = redaction
  if (target.stateKey === undefined) return
  const name = stateKeyOf(target.type, target.stateKey)
  const entry = room.state.get(name)
  if (entry?.eventId === target.matrixId) room.state.set(name, { ...entry, pdu })
  const member = target.type === 'm.room.member' ? room.member(target.stateKey) : undefined
  if (member?.eventId === target.matrixId) room.setMember({ ...member, content: pdu.content, auth: undefined })
}
