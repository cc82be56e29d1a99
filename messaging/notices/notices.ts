import { assertGrant, type Grant, type Principal, type Subject } from '#access/api.ts'
import type { User } from '#identity/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import { type Db, InTurn, type Limits } from '#platform/api.ts'
import type { AccountData } from '../account-data/account-data.ts'
import { Tags } from '../account-data/tags.ts'
import type { Transaction } from '../events/draft.ts'
import type { Profiles } from '../profiles/profiles.ts'
import type { Doors } from '../rooms/doors.ts'
import type { Members } from '../rooms/members.ts'
import type { Room } from '../rooms/room.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import type { ServiceRooms } from '../service/types.ts'
import { insertNoticeRoom, noticeRoomOf } from '../store/notice-rooms.ts'
import { noticesName } from './notice-account.ts'

type Deps = {
  db: Db
  service: Pick<ServiceRooms, 'user' | 'make' | 'send' | 'leave'>
  profiles: Pick<Profiles, 'setDisplayName' | 'displayName'>
  accountData: Pick<AccountData, 'get' | 'put'>
  rooms: Pick<RoomCache, 'room'>
  limits: Pick<Limits, 'tagsMax'>
  members: Pick<Members, 'person' | 'invite'>
  doors: Pick<Doors, 'enter'>
}

export type Notice = {
  readonly to: string
  readonly content: JsonObject
  readonly transaction?: Transaction | undefined
}

const tag = 'm.server_notice'
const accountName = 'Server notices'
const roomName = 'Server notices'
const roomTopic = 'What the server and those who run it have to tell you.'
/** Below what it takes to write, to invite and to change anything. */
const readersLevel = -10

/**
 * What the server writes to a person, in a room that the two of them have alone.
 * https://spec.matrix.org/v1.19/client-server-api/#server-notices
 */
export class Notices {
  readonly #deps: Deps
  readonly #inTurn = new InTurn()
  readonly #tags: Tags

  constructor(deps: Deps) {
    this.#deps = deps
    this.#tags = new Tags(deps)
  }

  /** Answers the event's id: that of the first, when the transaction is a repetition. */
  async send(grant: Grant<Principal>, { to, content, transaction }: Notice): Promise<string> {
    assertGrant(grant, 'server.notices')
    const { members, service } = this.#deps
    const person = await members.person(to)
    const server = await service.user(noticesName)
    const room = await this.#inTurn.run(`${person.id}`, () => this.#ready(server, person))
    const key = transaction?.key.toString('base64')
    return service.send(server, room, { type: 'm.room.message', content, ...(key !== undefined && { key }) })
  }

  /** The Matrix id of the person's room, which she is in or invited to. */
  async #ready(server: Subject, person: User): Promise<string> {
    const { db, rooms, doors, members } = this.#deps
    const known = await noticeRoomOf(db, person.id)
    const { matrixId } = known === undefined ? await this.#make(server, person) : await rooms.room(known)
    const { room, grant } = await doors.enter(server, 'room.invite', matrixId)
    const membership = room.member(person.matrixId)?.membership
    if (membership === 'join' || membership === 'invite') return matrixId
    // The tag stands before the person is told of the room.
    await this.#tags.put(person.id, room.id, tag, {})
    await members.invite(grant, room, person, { isNotice: true })
    return matrixId
  }

  /**
   * The room is made before it is claimed and the person invited after that. So whoever loses against another node has
   * made a room that nobody was told of, and nothing waits for a maker that may have died.
   */
  async #make(server: Subject, person: User): Promise<Pick<Room, 'matrixId'>> {
    const { db, service, rooms } = this.#deps
    await this.#name(server)
    const made = await service.make(server, {
      preset: 'private_chat',
      name: roomName,
      topic: roomTopic,
      power_level_content_override: { users_default: readersLevel },
    })
    if (await insertNoticeRoom(db, person.id, made.id)) return made
    await service.leave(server, made.matrixId)
    const first = await noticeRoomOf(db, person.id)
    if (first === undefined) throw new Error('a room of notices that another node made is not there')
    return rooms.room(first)
  }

  async #name({ userId }: Subject): Promise<void> {
    const { profiles } = this.#deps
    if ((await profiles.displayName(userId)) === undefined) await profiles.setDisplayName(userId, accountName)
  }
}
