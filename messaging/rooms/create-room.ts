/**
 * Making a room: https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3createroom
 *
 * 1. The create event is made first; from room version 12 on its hash is the room's id.
 * 2. The room gets its row and its key. A room without events is seen by nobody, so a crash here leaves nothing.
 * 3. All events of the beginning, invitations included, go through the writer as one unit: all of them or none.
 */
import type { Subject } from '#access/api.ts'
import type { User } from '#identity/api.ts'
import {
  buildRoomId,
  hashEvent,
  type JsonObject,
  type JsonValue,
  NotCanonical,
  type RoomVersion,
  roomIdOfCreate,
  roomVersion,
  roomVersions,
} from '#matrix/api.ts'
import { limits, type Postgres, type Random, Refusal, refuse, type Vault } from '#platform/api.ts'
import type { BuildDeps } from '../events/build-event.ts'
import type { Draft } from '../events/draft.ts'
import type { RoomWriter } from '../events/room-writer.ts'
import { listRoom } from '../store/room-directory.ts'
import { deleteEmptyRoom, headRow, insertRoomRow } from '../store/rooms.ts'
import type { Members } from './members.ts'
import { type RoomWish, type StateWishEntry, stateOfWish } from './new-room-state.ts'
import { Room } from './room.ts'
import type { RoomCache } from './room-cache.ts'
import { storedRoomType } from './room-type.ts'
import { checkStateContent } from './state-content.ts'
import { noIdentityServer } from './third-party-invites.ts'

export interface AliasClaims {
  /** Takes an alias for a room; refuses with M_ROOM_IN_USE when it is taken. */
  claim(localpart: string, room: Room, creator: Subject): Promise<string>
  /** Refuses a localpart that is malformed or taken, before anything is made. */
  check(localpart: string): Promise<void>
  release(alias: string): Promise<void>
  resolve(alias: string): Promise<number | undefined>
}

type Deps = BuildDeps & {
  postgres: Postgres
  vault: Vault
  random: Random
  rooms: RoomCache
  members: Members
  writer: RoomWriter
  aliases: AliasClaims
  /** The version of rooms whose maker names none. */
  defaultRoomVersion: string
}

export class RoomMaker {
  readonly #deps: Deps
  #lastMs = 0

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async create(subject: Subject, wish: RoomWish): Promise<Room> {
    refuseAddresses(wish)
    const version = versionOf(wish.room_version ?? this.#deps.defaultRoomVersion)
    const invited = (await this.#invited(wish)).filter((person) => person.id !== subject.userId)
    if (wish.room_alias_name !== undefined) await this.#deps.aliases.check(wish.room_alias_name)
    const createContent = createContentOf(subject, version, wish)
    const room = await this.begin(subject, version, createContent, async (made) => {
      const localpart = wish.room_alias_name
      const alias = localpart === undefined ? undefined : await this.#deps.aliases.claim(localpart, made, subject)
      const state = stateOfWish(wish, { version, subject, alias, createContent, invited })
      for (const entry of state) await checkStateContent(this.#deps, made, entry)
      return this.#drafts(subject, wish, state, invited)
    })
    if (wish.visibility === 'public') await listRoom(this.#deps.postgres, room.id)
    return room
  }

  /**
   * Makes a room that begins with its create event, its maker's join, and what `more` answers. If anything of it is
   * refused, nothing of the room stays, its addresses included.
   */
  async begin(
    subject: Subject,
    version: RoomVersion,
    createContent: JsonObject,
    more: (room: Room) => Promise<Draft[]>,
  ): Promise<Room> {
    const { room, createdMs } = await this.#inserted(subject, version, createContent)
    const { userId, matrixId: makerId } = subject
    const sender = { userId, matrixId: makerId }
    const create = { type: 'm.room.create', stateKey: '', sender, content: createContent, originTs: createdMs }
    try {
      const join = await this.#deps.members.joinDraft(subject, {})
      await this.#deps.writer.create(room, [create, join, ...(await more(room))])
    } catch (error) {
      this.#deps.rooms.forget(room.id)
      await this.#unmake(room)
      throw refusedWish(error)
    }
    return room
  }

  /** In the same millisecond another node may make a room with a like create event, and so of the same id. */
  async #inserted(
    subject: Subject,
    version: RoomVersion,
    content: JsonObject,
  ): Promise<{ room: Room; createdMs: number }> {
    for (;;) {
      const createdMs = this.#momentOfOne()
      const matrixId = this.#roomId(subject, version, content, createdMs)
      const room = await this.#insert(matrixId, version, createdMs, content.type)
      if (room !== undefined) return { room, createdMs }
    }
  }

  /** No two rooms of this process are born in one millisecond: like create events would make one and the same room id. */
  #momentOfOne(): number {
    this.#lastMs = Math.max(this.#deps.clock.nowMs(), this.#lastMs + 1)
    return this.#lastMs
  }

  async #invited(wish: RoomWish): Promise<User[]> {
    const ids = [...new Set(wish.invite ?? [])]
    if (ids.length > limits.invitesAtOnceMax) {
      throw refuse(
        'M_INVALID_PARAM',
        `Invite at most ${limits.invitesAtOnceMax} people at once, the others afterwards.`,
      )
    }
    return Promise.all(ids.map((id) => this.#deps.members.person(id)))
  }

  #roomId(subject: Subject, version: RoomVersion, content: JsonObject, createdMs: number): string {
    if (!version.roomIdIsCreateHash) {
      const id = buildRoomId(this.#deps.random.token(12), this.#deps.serverName)
      if (id === undefined) throw new Error('the server name makes no room id')
      return id
    }
    const create = {
      type: 'm.room.create',
      state_key: '',
      sender: subject.matrixId,
      content,
      origin_server_ts: createdMs,
      depth: 1,
      prev_events: [],
      auth_events: [],
    }
    try {
      const signer = { serverName: this.#deps.serverName, keyId: this.#deps.signingKey.keyId }
      const { pdu } = hashEvent(create, version, signer)
      return roomIdOfCreate(pdu, version)
    } catch (error) {
      if (error instanceof NotCanonical) throw refuse('M_BAD_JSON', error.message, { cause: error })
      throw error
    }
  }

  /** Undefined when there is a room of this id. */
  async #insert(
    matrixId: string,
    version: RoomVersion,
    createdTs: number,
    type: JsonValue | undefined,
  ): Promise<Room | undefined> {
    const { postgres, vault } = this.#deps
    const made = await postgres.transaction(async (tx) => {
      const key = await vault.createKey(tx, 'room')
      const row = { matrixId, version: version.id, keyId: key.id, createdTs, type: storedRoomType(vault, type) }
      const id = await insertRoomRow(tx, row)
      if (id === undefined) await vault.destroyKey(tx, key.id)
      return id === undefined ? undefined : { id, key }
    })
    if (made === undefined) return undefined
    const { id, key } = made
    const head = await headRow(postgres, id)
    const room = new Room({ id, matrixId, version, key, head, members: [], state: [] })
    this.#deps.rooms.add(room, { id, matrixId, version, keyId: key.id })
    return room
  }

  /** Takes away what was made for a room whose beginning was refused, with its address and its key. */
  async #unmake(room: Room): Promise<void> {
    await this.#deps.postgres.transaction(async (tx) => {
      const wasEmpty = await deleteEmptyRoom(tx, room.id)
      if (wasEmpty) await this.#deps.vault.destroyKey(tx, room.key.id)
    })
  }

  async #drafts(
    subject: Subject,
    wish: RoomWish,
    state: readonly StateWishEntry[],
    invited: readonly User[],
  ): Promise<Draft[]> {
    const sender = { userId: subject.userId, matrixId: subject.matrixId }
    const isDirect = wish.is_direct === true
    const invites = invited.map((target) => this.#deps.members.inviteDraft(subject, target, { isDirect }))
    return [...state.map((entry) => ({ ...entry, sender })), ...(await Promise.all(invites))]
  }
}

/** The rules of the room itself refused its beginning: the wish is wrong, and nobody's rights are missing. */
function refusedWish(error: unknown): unknown {
  if (!(error instanceof Refusal) || error.code !== 'M_FORBIDDEN') return error
  return refuse('M_INVALID_ROOM_STATE', error.message, { cause: error })
}

/** Invitations by address need an identity server, and this server works with none. */
function refuseAddresses(wish: RoomWish): void {
  if (wish.invite_3pid === undefined || wish.invite_3pid.length === 0) return
  throw noIdentityServer()
}

/** Refuses a version that nobody knows. */
export function versionOf(id: string): RoomVersion {
  const version = roomVersion(id)
  if (version !== undefined) return version
  const newest = roomVersions.at(-1)?.id
  throw refuse('M_UNSUPPORTED_ROOM_VERSION', `This server knows rooms of versions 1 to ${newest}, and not of this one.`)
}

function createContentOf(subject: Subject, version: RoomVersion, wish: RoomWish): JsonObject {
  const content: JsonObject = { ...wish.creation_content, room_version: version.id }
  if (version.implicitRoomCreator) delete content.creator
  else content.creator = subject.matrixId
  if (version.privilegedCreators && wish.preset === 'trusted_private_chat') {
    const given = Array.isArray(content.additional_creators) ? content.additional_creators : []
    const all = [...new Set([...given, ...(wish.invite ?? [])])].filter((id) => id !== subject.matrixId)
    if (all.length > 0) content.additional_creators = all
  }
  return content
}
