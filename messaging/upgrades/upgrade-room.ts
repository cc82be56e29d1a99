/**
 * Replacing a room by one of another version:
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidupgrade
 *
 * 1. The new room is made whole, with the state and the bans of the old one. If that fails, nothing has happened.
 * 2. The tombstone in the old room names it. From here on clients go there.
 * 3. Addresses and the place in the directory move; the old room falls silent. What the person has no power for stays.
 */
import type { Grant, Subject } from '#access/api.ts'
import { isUserId, type JsonObject, powerLevelOf, type RoomVersion, requiredPowerLevel } from '#matrix/api.ts'
import { InTurn, type Logger, limits, Refusal, refuse } from '#platform/api.ts'
import type { Aliases } from '../directory/aliases.ts'
import type { PublicRooms } from '../directory/public-rooms.ts'
import { type Draft, Overtaken } from '../events/draft.ts'
import type { EventReader } from '../events/event-reader.ts'
import type { RoomWriter } from '../events/room-writer.ts'
import { type RoomMaker, versionOf } from '../rooms/create-room.ts'
import type { Doors } from '../rooms/doors.ts'
import type { Member, Room } from '../rooms/room.ts'
import { carriedLevels, carriedState, createContentOf, type Successor, tightenedLevels } from './carried-state.ts'
import type { Heritage } from './heritage.ts'

type Deps = {
  doors: Pick<Doors, 'enter'>
  maker: Pick<RoomMaker, 'begin'>
  writer: Pick<RoomWriter, 'append'>
  reader: Pick<EventReader, 'byIds'>
  aliases: Pick<Aliases, 'move'>
  publicRooms: Pick<PublicRooms, 'move'>
  heritage: Pick<Heritage, 'take'>
  logger: Logger
}

export type UpgradeWish = { readonly new_version: string; readonly additional_creators?: readonly string[] }

export class RoomUpgrade {
  readonly #deps: Deps
  readonly #inTurn = new InTurn()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** The Matrix id of the new room. Of two who replace a room at the same moment one does, and the other hears of it. */
  async upgrade(subject: Subject, roomId: string, wish: UpgradeWish): Promise<string> {
    const { room } = await this.#deps.doors.enter(subject, 'room.upgrade', roomId)
    const before = tombstoneOf(room)
    return this.#inTurn.run(roomId, () => this.#upgrade(subject, roomId, wish, before))
  }

  async #upgrade(subject: Subject, roomId: string, wish: UpgradeWish, before: string | undefined): Promise<string> {
    const version = versionOf(wish.new_version)
    const { room: old, grant } = await this.#deps.doors.enter(subject, 'room.upgrade', roomId)
    requirePower(old, subject)
    if (tombstoneOf(old) !== before) throw replacedMeanwhile()
    const successor = { version, creators: [subject.matrixId, ...furtherCreators(wish, version, subject)] }
    const banned = [...old.members()].filter(
      ({ membership, matrixId }) => membership === 'ban' && !successor.creators.includes(matrixId),
    )
    const bans = await this.#bans(subject, banned.slice(0, limits.bansCarriedAtOnceMax))
    const room = await this.#deps.maker.begin(subject, version, createContentOf(old, successor), async () => [
      ...stateDrafts(subject, old, successor),
      ...bans,
    ])
    await this.#bury(grant, old, room, before)
    await this.#hand(grant, old, room)
    await this.#banRest(subject, room, banned.slice(limits.bansCarriedAtOnceMax))
    await this.#deps.heritage.take(subject, room)
    return room.matrixId
  }

  /** Another node may have replaced the room while the new one was made, which then leads nobody anywhere. */
  async #bury(grant: Grant, old: Room, room: Room, before: string | undefined): Promise<void> {
    const onlyWhileHeld = { type: 'm.room.tombstone', stateKey: '', eventId: before }
    const draft = { ...draftOf(grant.subject, 'm.room.tombstone', tombstone(room)), onlyWhileHeld }
    try {
      await this.#append(grant, old, draft)
    } catch (error) {
      throw error instanceof Overtaken ? replacedMeanwhile() : error
    }
  }

  /** Each of these is worth doing when another is refused. */
  async #hand(grant: Grant, old: Room, room: Room): Promise<void> {
    const { aliases, publicRooms } = this.#deps
    await aliases.move(grant, old, room)
    await publicRooms.move(grant, old, room)
    const { subject } = grant
    if (old.content('m.room.canonical_alias')?.alias !== undefined) {
      await this.#try(grant, old, draftOf(subject, 'm.room.canonical_alias', {}))
    }
    const levels = tightenedLevels(old)
    if (levels !== undefined) await this.#try(grant, old, draftOf(subject, 'm.room.power_levels', levels))
  }

  async #banRest(subject: Subject, room: Room, banned: readonly Member[]): Promise<void> {
    for (let start = 0; start < banned.length; start += limits.bansCarriedAtOnceMax) {
      const drafts = await this.#bans(subject, banned.slice(start, start + limits.bansCarriedAtOnceMax))
      const { room: now, grant } = await this.#deps.doors.enter(subject, 'room.ban', room.matrixId)
      await this.#deps.writer.append(grant, 'room.ban', now, drafts)
    }
  }

  async #bans(subject: Subject, banned: readonly Member[]): Promise<Draft[]> {
    const events = await this.#deps.reader.byIds(banned.map((member) => member.internalId))
    const reasons = new Map(events.map((event) => [event.id, event.content.reason]))
    return banned.map(({ userId, matrixId, internalId }) => {
      const reason = reasons.get(internalId)
      const content = { membership: 'ban', ...(typeof reason === 'string' && { reason }) }
      return { ...draftOf(subject, 'm.room.member', content, matrixId), target: { userId, matrixId } }
    })
  }

  async #append(grant: Grant, old: Room, draft: Draft): Promise<void> {
    await this.#deps.writer.append(grant, 'room.upgrade', old, [draft])
  }

  async #try(grant: Grant, old: Room, draft: Draft): Promise<void> {
    try {
      await this.#append(grant, old, draft)
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'M_FORBIDDEN') throw error
      this.#deps.logger.info('upgrade.part_refused', { room: old.id, error })
    }
  }
}

function tombstoneOf(room: Room): string | undefined {
  return room.eventIdOf('m.room.tombstone', '')
}

function replacedMeanwhile(): Error {
  return refuse('M_FORBIDDEN', 'Somebody else has just replaced this room. Go on in the room that it names.')
}

function requirePower(old: Room, { matrixId }: Subject): void {
  const needed = requiredPowerLevel('m.room.tombstone', true, old, old.version)
  if (powerLevelOf(matrixId, old, old.version) >= needed) return
  throw refuse('M_FORBIDDEN', `You need power level ${needed} to replace this room. Ask somebody who leads it.`)
}

function furtherCreators(wish: UpgradeWish, version: RoomVersion, subject: Subject): string[] {
  if (!version.privilegedCreators) return []
  const named = [...new Set(wish.additional_creators ?? [])].filter((id) => id !== subject.matrixId)
  if (named.every(isUserId)) return named
  throw refuse('M_INVALID_PARAM', 'additional_creators must be a list of user ids.')
}

function stateDrafts(subject: Subject, old: Room, successor: Successor): Draft[] {
  const { first, last } = carriedLevels(old, successor)
  const draft = (type: string, content: JsonObject, key = '') => draftOf(subject, type, content, key)
  return [
    draft('m.room.power_levels', first),
    ...carriedState(old, successor).map(({ type, stateKey, content }) => draft(type, content, stateKey)),
    ...(last === undefined ? [] : [draft('m.room.power_levels', last)]),
  ]
}

function tombstone(room: Room): JsonObject {
  return { body: 'This room has been replaced', replacement_room: room.matrixId }
}

function draftOf({ userId, matrixId }: Subject, type: string, content: JsonObject, stateKey = ''): Draft {
  return { type, stateKey, sender: { userId, matrixId }, content }
}
