import type { Subject } from '#access/api.ts'
import type { Users } from '#identity/api.ts'
import type { ServiceRooms } from '#messaging/api.ts'
import { type Clock, InTurn, limits, type Postgres, type Random, refuse } from '#platform/api.ts'
import type { Agencies } from '../agencies/types.ts'
import { conversationRowsByEitherRoom } from '../store/conversations.ts'
import { putDeskTasks } from '../store/desk-tasks.ts'
import {
  insertQueue,
  type QueueRow,
  queueRow,
  queueRowByPublicId,
  queueRowsOf,
  setQueueChannels,
} from '../store/queues.ts'
import { isStaffId } from './leaving.ts'
import { deskName, queueWish } from './room-shapes.ts'
import { publicToken } from './tokens.ts'
import type { Queue, Queues } from './types.ts'

type Deps = {
  db: Postgres
  service: ServiceRooms
  agencies: Pick<Agencies, 'byId' | 'staffOf'>
  users: Pick<Users, 'activeAmong'>
  clock: Clock
  random: Random
}

const generalKey = 'general'
const keyForm = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/
const noLonger = 'You do not work for this agency any more.'

/** Where conversations wait: spaces whose members are the staff of their agency. */
export class DeskQueues implements Queues {
  readonly #deps: Deps
  readonly #inTurn = new InTurn()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  byId(id: number): Promise<Queue | undefined> {
    return queueRow(this.#deps.db, id)
  }

  byPublicId(publicId: string): Promise<Queue | undefined> {
    return queueRowByPublicId(this.#deps.db, publicId)
  }

  ofAgency(agencyId: number): Promise<Queue[]> {
    return queueRowsOf(this.#deps.db, agencyId)
  }

  async nameOf({ matrixRoomId, key }: Queue): Promise<string> {
    const name = (await this.#deps.service.room(matrixRoomId))?.content('m.room.name')?.name
    return typeof name === 'string' ? name : key
  }

  async create(wish: { agencyId: number; key: string; name: string; channels?: readonly string[] }): Promise<Queue> {
    const { agencyId, key } = wish
    if (!keyForm.test(key)) {
      throw refuse('M_INVALID_PARAM', 'The key of a queue is made of small letters, digits and hyphens: housing, say.')
    }
    const others = await this.ofAgency(agencyId)
    if (others.some((queue) => queue.key === key)) throw taken(key)
    if (others.length >= limits.queuesMax) {
      throw refuse(
        'M_LIMIT_EXCEEDED',
        `An agency has at most ${limits.queuesMax} queues. Use one of those that are there.`,
      )
    }
    const { queue, isNew } = await this.#make(wish)
    if (!isNew) throw taken(key)
    return queue
  }

  async rename(queue: Queue, name: string): Promise<void> {
    const desk = await this.#deps.service.user(deskName)
    await this.#deps.service.set(desk, queue.matrixRoomId, { type: 'm.room.name', content: { name } })
  }

  async setChannels(queue: Queue, channels: readonly string[]): Promise<void> {
    await setQueueChannels(this.#deps.db, queue.id, channels)
  }

  async forChannel(agencyId: number, channelId: string, key: string | undefined): Promise<Queue> {
    const queues = await this.ofAgency(agencyId)
    const found =
      queues.find((queue) => queue.key === key) ??
      queues.find((queue) => queue.channels.includes(channelId)) ??
      queues.find((queue) => queue.key === generalKey) ??
      queues[0]
    if (found !== undefined) return found
    const agency = await this.#deps.agencies.byId(agencyId)
    return this.#inTurn.run(`${agencyId}`, async () => {
      const made = (await this.ofAgency(agencyId))[0]
      return made ?? (await this.#make({ agencyId, key: generalKey, name: agency?.name ?? generalKey })).queue
    })
  }

  /** Of two nodes that make the same one, both get the first one's. */
  async #make(wish: { agencyId: number; key: string; name: string; channels?: readonly string[] }) {
    const { db, service, clock, random } = this.#deps
    const { agencyId, key, name, channels = [] } = wish
    const publicId = publicToken('q', random)
    const desk = await service.user(deskName)
    const { id: roomId, matrixId } = await service.make(desk, queueWish(name, publicId))
    const row = { publicId, agencyId, key, roomId, channels, createdTs: clock.nowMs() }
    const isNew = await db.transaction(async (tx) => {
      const isNew = await insertQueue(tx, row)
      // Should this server die before the staff is in it, another one brings them: nobody else would notice.
      if (isNew) await putDeskTasks(tx, [{ what: 'staff', subjectId: agencyId }], row.createdTs)
      return isNew
    })
    if (!isNew) await service.leave(desk, matrixId)
    const queue = (await this.ofAgency(agencyId)).find((one) => one.key === key)
    if (queue === undefined) throw new Error('a queue that was made is not there')
    await this.#settleMembers(desk, queue)
    return { queue, isNew }
  }

  async reconcile(agencyId: number): Promise<void> {
    await this.#inTurn.run(`staff of ${agencyId}`, async () => {
      const desk = await this.#deps.service.user(deskName)
      const gone = new Set<number>()
      for (const queue of await this.ofAgency(agencyId)) {
        for (const userId of await this.#settleMembers(desk, queue)) gone.add(userId)
      }
      for (const userId of gone) await this.#shutConversations(desk, agencyId, userId)
    })
  }

  /** Answers whom it has taken out. */
  async #settleMembers(desk: Subject, queue: QueueRow | Queue): Promise<number[]> {
    const { service, agencies, users } = this.#deps
    // Whose account is closed has left every room, and stays outside.
    const staff = await users.activeAmong(agencies.staffOf(queue.agencyId))
    const room = await service.room(queue.matrixRoomId)
    if (room === undefined) return []
    const inside = new Map<number, string>()
    const gone: number[] = []
    for (const { userId, matrixId, membership } of room.members()) {
      if (!isStaffId(matrixId)) continue
      inside.set(userId, membership)
      if (!staff.has(userId)) gone.push(userId)
    }
    for (const userId of gone) {
      await service.remove(desk, queue.matrixRoomId, await service.person(userId), { reason: noLonger, forgets: true })
    }
    for (const userId of staff) {
      if (inside.get(userId) === 'join' || inside.get(userId) === 'ban') continue
      await service.bring(desk, queue.matrixRoomId, await service.person(userId))
    }
    return gone
  }

  /** Also what she could read of conversations that she has left is shut to her. */
  async #shutConversations(desk: Subject, agencyId: number, userId: number): Promise<void> {
    const { db, service } = this.#deps
    const who = await service.person(userId)
    const rows = await conversationRowsByEitherRoom(db, await service.roomsOf(who))
    for (const row of rows) {
      if (row.agencyId !== agencyId) continue
      for (const room of [row.matrixRoomId, row.matrixNotesRoomId]) {
        await service.remove(desk, room, who, { reason: noLonger, forgets: true })
      }
    }
  }
}

function taken(key: string): Error {
  return refuse('CHANCERY_CONFLICT', `There is a queue ${key} already. Choose another key, or use that queue.`)
}
