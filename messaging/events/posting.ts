import { isDeepStrictEqual } from 'node:util'
import type { Subject } from '#access/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import { refuse } from '#platform/api.ts'
import type { Doors } from '../rooms/doors.ts'
import type { Guests } from '../rooms/guests.ts'
import type { Members } from '../rooms/members.ts'
import { putMembership } from '../rooms/put-membership.ts'
import type { Room } from '../rooms/room.ts'
import { checkStateContent, type StateContentDeps } from '../rooms/state-content.ts'
import type { Transaction } from './draft.ts'
import type { Relations } from './relations.ts'
import type { RoomWriter } from './room-writer.ts'
import { relationOf } from './stored-event.ts'

export type Post = {
  readonly roomId: string
  readonly type: string
  readonly content: JsonObject
  readonly transaction?: Transaction
  /** For how long it is to stick. */
  readonly stickyMs?: number
}
export type StatePost = Post & { readonly stateKey: string }

type Deps = StateContentDeps & {
  doors: Doors
  members: Members
  guests: Guests
  writer: RoomWriter
  relations: Relations
  serverName: string
}

/** What people say and set, in their own name: checked, and then written. Answers the event's id. */
export class Posting {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async message(subject: Subject, { roomId, type, content, transaction, stickyMs }: Post): Promise<string> {
    const { doors, relations, writer } = this.#deps
    if (type === 'm.room.redaction') {
      throw refuse('M_BAD_JSON', 'A redaction is made with the redact endpoint, which names the event to remove.')
    }
    const { room, grant } = await doors.enter(subject, 'room.send', roomId)
    const relation = relationOf(content)
    if (relation?.type === 'm.thread') await relations.refuseThreadWithinThread(room, relation)
    const draft = { type, sender: senderOf(subject), content, ...howOf({ transaction, stickyMs }) }
    return writer.send(grant, 'room.send', room, draft)
  }

  /** State that is the same already answers the event that set it. */
  async state(subject: Subject, post: StatePost): Promise<string> {
    const { doors, guests, writer } = this.#deps
    const { roomId, type, stateKey, content, stickyMs } = post
    if (type === 'm.room.create') throw refuse('M_FORBIDDEN', 'A room is created once. Make a new room instead.')
    if (type === 'm.room.member') return putMembership(this.#deps, subject, { roomId, stateKey, content })
    const { room, grant } = await doors.enter(subject, 'room.state', roomId)
    await checkStateContent(this.#deps, room, { type, stateKey, content })
    const same = stickyMs === undefined ? sameState(room, type, stateKey, content) : undefined
    if (same !== undefined) return same
    const draft = { type, stateKey, sender: senderOf(subject), content, ...howOf(post) }
    const eventId = await writer.send(grant, 'room.state', room, draft)
    if (type === 'm.room.guest_access') await guests.leaveWhereShut(grant, room)
    return eventId
  }
}

function senderOf({ userId, matrixId }: Subject) {
  return { userId, matrixId }
}

function howOf({ transaction, stickyMs }: { [K in 'transaction' | 'stickyMs']?: Post[K] | undefined }) {
  return { ...(transaction && { transaction }), ...(stickyMs !== undefined && { stickyMs }) }
}

function sameState(room: Room, type: string, stateKey: string, content: JsonObject): string | undefined {
  const entry = room.stateEntry(type, stateKey)
  return entry !== undefined && isDeepStrictEqual(entry.pdu.content, content) ? entry.eventId : undefined
}
