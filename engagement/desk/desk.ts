import { type Access, agency, isProgram, type Principal, type Subject } from '#access/api.ts'
import type { User, Users } from '#identity/api.ts'
import type { RoomView, ServiceRooms } from '#messaging/api.ts'
import { refuse } from '#platform/api.ts'
import type { Agencies } from '../agencies/types.ts'
import type { DeskConversations } from './conversations.ts'
import { isStaffId } from './leaving.ts'
import { stateTypes } from './room-shapes.ts'
import type { Settling } from './settling.ts'
import type { Conversation, ConversationState, Queue, Queues } from './types.ts'

type Deps = {
  access: Pick<Access, 'require' | 'decide'>
  service: ServiceRooms
  users: Pick<Users, 'byMatrixId' | 'isActive'>
  agencies: Pick<Agencies, 'all' | 'isStaff'>
  queues: Queues
  conversations: DeskConversations
  settling: Settling
}

/** No agency has this number: what is asked of it is answered like what is asked of an agency of others. */
const noAgency = 0
const looksMax = 10

/** What staff do with conversations. All of it can be done in a plain Matrix app as well: this is the short way. */
export class Desk {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Those that somebody may see the desk of. */
  async agenciesOf(principal: Principal): Promise<Awaited<ReturnType<Agencies['all']>>> {
    const { access, agencies } = this.#deps
    return (await agencies.all()).filter((one) => access.decide(principal, 'citizens.desk', agency(one.id)).allowed)
  }

  /** What does not exist and what belongs to an agency of others is refused in the same words. */
  async conversation(principal: Principal, publicId: string): Promise<Conversation> {
    const found = await this.#deps.conversations.byPublicId(publicId)
    this.#deps.access.require(principal, 'citizens.desk', agency(found?.agencyId ?? noAgency))
    if (found === undefined) throw nothingThere()
    return found
  }

  async queue(principal: Principal, publicId: string): Promise<Queue> {
    const found = await this.#deps.queues.byPublicId(publicId)
    this.#deps.access.require(principal, 'citizens.desk', agency(found?.agencyId ?? noAgency))
    if (found === undefined) throw nothingThere()
    return found
  }

  /** Leads it from now on. Refused while somebody else does, unless she means to take it from him. */
  async take(principal: Principal, publicId: string, wish: { takesOver: boolean }): Promise<Conversation> {
    const conversation = await this.conversation(principal, publicId)
    const subject = personOf(principal)
    const { service, settling } = this.#deps
    if (conversation.state === 'closed') await this.#reopen(conversation)
    const others = (room: RoomView) =>
      wish.takesOver ? undefined : leaderBeside(room, settling.leaderIn(room), subject)
    const leader = others(await this.#room(conversation))
    if (leader !== undefined) throw takenBy(leader)
    // Who leads is in the room. Of two who come in at the same moment one goes again.
    await service.join(subject, conversation.matrixRoomId)
    for (let look = 0; look < looksMax; look += 1) {
      const room = await this.#room(conversation)
      const first = others(room)
      if (first !== undefined) {
        await service.leave(subject, conversation.matrixRoomId)
        throw takenBy(first)
      }
      const held = room.eventIdOf(stateTypes.assignment, '') ?? null
      if (await settling.setLeader(conversation, subject, held)) return this.#settled(conversation)
    }
    throw busy()
  }

  /** Asks a colleague in and leaves; the colleague leads it. */
  async handOver(principal: Principal, publicId: string, to: string): Promise<Conversation> {
    const conversation = await this.conversation(principal, publicId)
    const subject = personOf(principal)
    const { service, settling } = this.#deps
    const colleague = await this.#colleague(conversation, to)
    if (colleague.matrixId === subject.matrixId) {
      throw refuse('M_INVALID_PARAM', 'This is you. Choose a colleague to hand the conversation over to.')
    }
    // Asked for again: it has been done.
    if (conversation.assigneeId === colleague.id) return conversation
    await this.#requireMember(conversation, subject)
    const next = await service.person(colleague.id)
    await service.invite(subject, conversation.matrixRoomId, next)
    await settling.setLeader(conversation, next)
    await service.leave(subject, conversation.matrixRoomId)
    return this.#settled(conversation)
  }

  async #colleague({ agencyId }: Conversation, matrixId: string): Promise<User> {
    const { users, agencies } = this.#deps
    const found = isStaffId(matrixId) ? await users.byMatrixId(matrixId) : undefined
    if (found !== undefined && agencies.isStaff(found.id, agencyId) && (await users.isActive(found.id))) return found
    throw refuse('M_INVALID_PARAM', `${matrixId} does not work for this agency. Choose a colleague of its staff.`)
  }

  /** `waiting`: until she writes; `open`: it is the staff's turn again. */
  async setState(principal: Principal, publicId: string, state: ConversationState): Promise<Conversation> {
    const conversation = await this.conversation(principal, publicId)
    const subject = personOf(principal)
    // Asked for again: it has been done, and nobody is in the room any more.
    if (state === 'closed' && conversation.state === 'closed') return conversation
    await this.#requireMember(conversation, subject)
    for (let look = 0; look < looksMax; look += 1) {
      if (await this.#deps.settling.setState(conversation, state)) return this.#settled(conversation)
    }
    throw busy()
  }

  async #reopen(conversation: Conversation): Promise<void> {
    await this.#deps.settling.setState(conversation, 'open')
    await this.#deps.settling.settle(conversation.id)
  }

  async #settled(conversation: Conversation): Promise<Conversation> {
    await this.#deps.settling.settle(conversation.id)
    return (await this.#deps.conversations.byId(conversation.id)) ?? conversation
  }

  async #requireMember(conversation: Conversation, subject: Subject): Promise<void> {
    const room = await this.#room(conversation)
    if (room.member(subject.matrixId)?.membership === 'join') return
    if (this.#deps.settling.stateOf(room) === 'closed') {
      throw refuse('CHANCERY_CONFLICT', 'This conversation is closed. Take it to open it again.')
    }
    throw refuse('M_FORBIDDEN', 'You are not in this conversation. Take it first.')
  }

  async #room({ matrixRoomId }: Conversation): Promise<RoomView> {
    const room = await this.#deps.service.room(matrixRoomId)
    if (room === undefined) throw new Error('the room of a conversation is not there')
    return room
  }
}

/** The leader who is there or asked in, and is somebody else. */
function leaderBeside(room: RoomView, leader: string | undefined, subject: Subject): string | undefined {
  if (leader === undefined || leader === subject.matrixId) return undefined
  const membership = room.member(leader)?.membership
  return membership === 'join' || membership === 'invite' ? leader : undefined
}

function personOf(principal: Principal): Subject {
  if (!isProgram(principal)) return principal
  throw refuse('M_FORBIDDEN', 'Conversations are led by people. Sign in with an account of the staff.')
}

function takenBy(leader: string): Error {
  return refuse('CHANCERY_CONFLICT', `${leader} has taken this conversation. Ask there, or take it over.`, {
    fields: { user_id: leader },
  })
}

function nothingThere(): Error {
  return refuse('M_NOT_FOUND', 'There is no such thing, or it belongs to an agency that you do not work for.')
}

function busy(): Error {
  return refuse('CHANCERY_CONFLICT', 'Colleagues are changing this conversation at the same moment. Try again.')
}
