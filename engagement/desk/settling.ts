import type { Subject } from '#access/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import type { RoomView, ServiceRooms } from '#messaging/api.ts'
import { type Clock, type Db, InTurn } from '#platform/api.ts'
import { conversationRow, setConversationAssignee, setConversationState } from '../store/conversations.ts'
import { queueRow } from '../store/queues.ts'
import { isStaffId } from './leaving.ts'
import { deskName, openTo, serverOf, shut, stateTypes } from './room-shapes.ts'
import { conversationOf } from './rows.ts'
import type { Conversation, ConversationState } from './types.ts'

type Deps = { db: Db; service: ServiceRooms; clock: Clock }

type Rooms = { readonly desk: Subject; readonly room: RoomView; readonly notes: RoomView; readonly space: string }
type Person = { readonly userId: number; readonly matrixId: string; readonly internalId: number }

/** Other server processes may decide at the same moment; each look takes what they wrote into account. */
const looksMax = 10
const closedReason = 'This conversation is closed.'
const elsewhereReason = 'You are not in the conversation any more.'

/**
 * Makes what follows from the state of a conversation true: who leads, who reads the notes, whether it stands in its queue.
 * It looks at what is and changes what should be otherwise, so it may be done at any time and any number of times.
 */
export class Settling {
  readonly #deps: Deps
  readonly #inTurn = new InTurn()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  settle(conversationId: number): Promise<void> {
    return this.#inTurn.run(`${conversationId}`, () => this.#settle(conversationId))
  }

  /** Of a conversation in the state that it has now; undefined while it is being made. */
  stateOf(room: RoomView): ConversationState | undefined {
    const state = room.content(stateTypes.conversation)?.state
    return state === 'open' || state === 'waiting' || state === 'closed' ? state : undefined
  }

  /** False when somebody else changed it first. Lists tell it as soon as this resolves. */
  async setState(conversation: Conversation, state: ConversationState, whileHeld?: string): Promise<boolean> {
    const { db, service, clock } = this.#deps
    const desk = await service.user(deskName)
    const room = await this.#room(conversation.matrixRoomId)
    const held = whileHeld ?? room.eventIdOf(stateTypes.conversation, '') ?? null
    const content = { ...room.content(stateTypes.conversation), state }
    const set = await service.set(desk, room.matrixId, { type: stateTypes.conversation, content, whileHeld: held })
    if (set === undefined) return false
    const place = await this.#placeOf(room, set.eventId)
    if (place !== undefined) await setConversationState(db, conversation.roomId, state, place, clock.nowMs())
    return true
  }

  /** The leader of now; undefined where there is none. */
  leaderIn(room: RoomView): string | undefined {
    const leader = room.content(stateTypes.assignment)?.user_id
    return typeof leader === 'string' ? leader : undefined
  }

  /** False when somebody else changed it first: since `whileHeld`, or since this was called. */
  async setLeader(
    conversation: Conversation,
    leader: Subject | undefined,
    whileHeld?: string | null,
  ): Promise<boolean> {
    const { db, service, clock } = this.#deps
    const desk = await service.user(deskName)
    const room = await this.#room(conversation.matrixRoomId)
    const held = whileHeld === undefined ? (room.eventIdOf(stateTypes.assignment, '') ?? null) : whileHeld
    const content: JsonObject = leader === undefined ? {} : { user_id: leader.matrixId }
    const set = await service.set(desk, room.matrixId, { type: stateTypes.assignment, content, whileHeld: held })
    if (set === undefined) return false
    const place = await this.#placeOf(room, set.eventId)
    const { roomId } = conversation
    if (place !== undefined) await setConversationAssignee(db, roomId, leader?.userId, place, clock.nowMs())
    return true
  }

  async #settle(conversationId: number): Promise<void> {
    for (let look = 0; look < looksMax; look += 1) {
      const row = await conversationRow(this.#deps.db, conversationId)
      if (row === undefined) return
      const conversation = conversationOf(row)
      const rooms = await this.#roomsOf(conversation)
      const before = this.stateOf(rooms.room)
      if (before === undefined) return
      if (await this.#isAnsweredByHer(conversation, rooms.room, before)) {
        await this.setState(conversation, 'open', rooms.room.eventIdOf(stateTypes.conversation, ''))
        continue
      }
      if (before === 'closed') await this.#close(conversation, rooms)
      else await this.#open(conversation, rooms)
      if (this.stateOf(await this.#room(conversation.matrixRoomId)) === before) return
    }
  }

  /** A word from her that came after it was closed, or after she was waited for. */
  async #isAnsweredByHer(conversation: Conversation, room: RoomView, state: ConversationState): Promise<boolean> {
    if (state === 'open') return false
    const { service } = this.#deps
    const [words] = await service.saidBefore(room, conversation.citizen.userId, undefined, 1)
    if (words === undefined) return false
    const place = await this.#placeOf(room, room.eventIdOf(stateTypes.conversation, '') ?? '')
    return place !== undefined && words.ordering > place
  }

  async #open(conversation: Conversation, rooms: Rooms): Promise<void> {
    const { service } = this.#deps
    const { desk, room, notes, space } = rooms
    const rules = openTo(space)
    for (const one of [room, notes]) {
      await service.set(desk, one.matrixId, { type: 'm.room.join_rules', content: rules })
    }
    const child = { via: [serverOf(desk.matrixId)] }
    await service.set(desk, space, { type: 'm.space.child', stateKey: room.matrixId, content: child })
    await this.#chooseLeader(conversation, room)
    await this.#shareNotes(rooms)
  }

  /** She leads who is in or asked in; else whom the last leader invited, who came first, who was asked first. */
  async #chooseLeader(conversation: Conversation, room: RoomView): Promise<void> {
    const leader = this.leaderIn(room)
    const membership = leader === undefined ? undefined : room.member(leader)?.membership
    if (membership === 'join' || membership === 'invite') return
    const held = room.eventIdOf(stateTypes.assignment, '') ?? null
    const invited = staffIn(room, 'invite')
    const handedTo = leader === undefined ? undefined : await this.#invitedBy(leader, invited)
    const next = handedTo ?? staffIn(room, 'join')[0] ?? invited[0]
    if (next === undefined && leader === undefined) return
    await this.setLeader(conversation, next && (await this.#deps.service.person(next.userId)), held)
  }

  async #invitedBy(leader: string, invited: readonly Person[]): Promise<Person | undefined> {
    const events = await this.#deps.service.events(invited.map((person) => person.internalId))
    const own = new Set(events.filter((event) => event.sender === leader).map((event) => event.id))
    return invited.findLast((person) => own.has(person.internalId))
  }

  /** Whoever works on the conversation reads its notes; whoever left it does not. */
  async #shareNotes({ desk, room, notes }: Rooms): Promise<void> {
    const { service } = this.#deps
    const inside = new Set(staffIn(room, 'join').map((person) => person.userId))
    for (const { userId } of [...staffIn(notes, 'join'), ...staffIn(notes, 'invite')]) {
      if (inside.has(userId)) continue
      await service.remove(desk, notes.matrixId, await service.person(userId), { reason: elsewhereReason })
    }
    for (const userId of inside) {
      if (notes.memberByUser(userId)?.membership !== 'join') {
        await service.bring(desk, notes.matrixId, await service.person(userId))
      }
    }
  }

  async #close(conversation: Conversation, { desk, room, notes, space }: Rooms): Promise<void> {
    const { service } = this.#deps
    await service.set(desk, space, { type: 'm.space.child', stateKey: room.matrixId, content: {} })
    for (const one of [room, notes]) {
      await service.set(desk, one.matrixId, { type: 'm.room.join_rules', content: shut })
      for (const { userId } of [...staffIn(one, 'join'), ...staffIn(one, 'invite')]) {
        await service.remove(desk, one.matrixId, await service.person(userId), { reason: closedReason })
      }
    }
    if (this.leaderIn(room) !== undefined) await this.setLeader(conversation, undefined)
  }

  async #roomsOf(conversation: Conversation): Promise<Rooms> {
    const { db, service } = this.#deps
    const [desk, room, notes, queue] = await Promise.all([
      service.user(deskName),
      this.#room(conversation.matrixRoomId),
      this.#room(conversation.matrixNotesRoomId),
      queueRow(db, conversation.queueId),
    ])
    if (queue === undefined) throw new Error(`the queue of conversation ${conversation.id} is not there`)
    return { desk, room, notes, space: queue.matrixRoomId }
  }

  async #room(matrixId: string): Promise<RoomView> {
    const room = await this.#deps.service.room(matrixId)
    if (room === undefined) throw new Error('a room of the desk is not there')
    return room
  }

  /** Undefined for an event that is being written at this moment: a room in memory has it before it is committed. */
  async #placeOf(room: RoomView, eventId: string): Promise<number | undefined> {
    return (await this.#deps.service.event(room, eventId))?.ordering
  }
}

/** The staff of a room with one membership, whoever came to it first first. */
export function staffIn(room: RoomView, membership: string): Person[] {
  return [...room.members()]
    .filter((member) => member.membership === membership && isStaffId(member.matrixId))
    .map(({ userId, matrixId, internalId }) => ({ userId, matrixId, internalId }))
    .sort((a, b) => a.internalId - b.internalId)
}
