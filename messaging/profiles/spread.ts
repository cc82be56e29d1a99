import { type Access, room as roomObject, type Subject } from '#access/api.ts'
import { type Logger, Refusal } from '#platform/api.ts'
import type { RoomWriter } from '../events/room-writer.ts'
import type { Memberships } from '../rooms/memberships.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import type { Profiles } from './profiles.ts'

type Deps = {
  access: Access
  rooms: Pick<RoomCache, 'room' | 'peek'>
  memberships: Pick<Memberships, 'load'>
  writer: Pick<RoomWriter, 'append'>
  profiles: Pick<Profiles, 'memberContent'>
  logger: Logger
}

/** The answer waits for so many rooms; the rest follow behind it. */
const awaitedRoomsMax = 50
const roomsAtOnce = 8

/**
 * Tells the rooms of a person her new name and picture, as a new membership event in each. Which rooms are told is
 * decided by access like any other change. A room that cannot be told keeps the old name there and stops nobody else.
 */
export class ProfileSpread {
  readonly #deps: Deps
  /** By person: what is under way, and the one round that waits behind it and will tell the newest names. */
  readonly #underWay = new Map<number, { all: Promise<void>; next?: Promise<void> }>()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Resolves when the first rooms are told. Changes that come quickly one after another are told once. */
  async spread(subject: Subject): Promise<void> {
    const current = this.#underWay.get(subject.userId)
    if (current === undefined) return this.#begin(subject)
    current.next ??= current.all.then(() => this.#begin(subject))
    return current.next
  }

  /** Resolves when everything that was begun is done. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all([...this.#underWay.values()].map(({ all, next }) => next ?? all))
  }

  async #begin(subject: Subject): Promise<void> {
    const work = this.#roomsOf(subject).then((roomIds) => {
      const first = this.#tellAll(subject, roomIds.slice(0, awaitedRoomsMax))
      return { first, all: first.then(() => this.#tellAll(subject, roomIds.slice(awaitedRoomsMax))) }
    })
    const all = work.then((begun) => begun.all).catch(() => undefined)
    this.#underWay.set(subject.userId, { all })
    void all.then(() => this.#underWay.delete(subject.userId))
    await (await work).first
  }

  async #roomsOf(subject: Subject): Promise<number[]> {
    await this.#deps.memberships.load(subject.userId)
    return [...this.#deps.access.visible(subject).joined]
  }

  async #tellAll(subject: Subject, roomIds: readonly number[]): Promise<void> {
    const left = roomIds.values()
    const workers = Array.from({ length: Math.min(roomsAtOnce, roomIds.length) }, async () => {
      for (const roomId of left) await this.#tell(subject, roomId)
    })
    await Promise.all(workers)
  }

  async #tell(subject: Subject, roomId: number): Promise<void> {
    const { access, rooms, writer, profiles, logger } = this.#deps
    const { userId, matrixId } = subject
    try {
      const [content, loaded] = await Promise.all([profiles.memberContent(userId), rooms.room(roomId)])
      const decision = access.decide(subject, 'room.state', roomObject(roomId))
      if (!decision.allowed) return
      const person = { userId, matrixId }
      await writer.append(decision.grant, 'room.state', rooms.peek(roomId) ?? loaded, [
        {
          type: 'm.room.member',
          stateKey: matrixId,
          sender: person,
          target: person,
          content: { ...content, membership: 'join' },
          // Who is removed at this moment must not be put back by a new name.
          onlyWhile: 'join',
        },
      ])
    } catch (error) {
      const code = error instanceof Refusal ? error.code : undefined
      logger.warn('profile.room_not_told', { room: roomId, user: userId, ...(code !== undefined && { code }), error })
    }
  }
}
