import { hash } from 'node:crypto'
import { Readable } from 'node:stream'
import { isDeepStrictEqual } from 'node:util'
import type { Access, Subject } from '#access/api.ts'
import type { User } from '#identity/api.ts'
import { isJsonObject, type JsonObject } from '#matrix/api.ts'
import { type Db, limits, type Postgres, type Vault } from '#platform/api.ts'
import { type Draft, Overtaken, type Transaction } from '../events/draft.ts'
import type { EventReader } from '../events/event-reader.ts'
import type { RoomWriter } from '../events/room-writer.ts'
import type { StoredEvent } from '../events/stored-event.ts'
import type { Media } from '../media/media.ts'
import type { RoomView } from '../ports.ts'
import type { Receipts } from '../receipts/receipts.ts'
import type { RoomMaker } from '../rooms/create-room.ts'
import type { Doors } from '../rooms/doors.ts'
import type { Members } from '../rooms/members.ts'
import type { Memberships } from '../rooms/memberships.ts'
import type { RoomWish } from '../rooms/new-room-state.ts'
import type { Room } from '../rooms/room.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import { keepMedia, mediaIdsOfRoom } from '../store/media.ts'
import { deleteWordsOfRoom } from '../store/message-words.ts'
import { messageRowsBySender, messageRowsOfRooms } from '../store/messages.ts'
import type { ServiceUsers } from './service-users.ts'
import type { MessagesWish, ServiceFile, ServiceRooms, ServiceState, ServiceWords } from './types.ts'

type Deps = {
  db: Postgres
  vault: Pick<Vault, 'destroyKey'>
  access: Pick<Access, 'require'>
  serviceUsers: ServiceUsers
  rooms: Pick<RoomCache, 'byMatrixId' | 'forget'>
  memberships: Pick<Memberships, 'load'>
  maker: Pick<RoomMaker, 'create'>
  doors: Pick<Doors, 'enter'>
  members: Pick<Members, 'invite' | 'join' | 'leave' | 'kick' | 'forget'>
  writer: Pick<RoomWriter, 'append' | 'send'>
  reader: Pick<EventReader, 'byIds' | 'inRoom' | 'open' | 'ofRoomId'>
  receipts: Pick<Receipts, 'put'>
  media: Pick<Media, 'upload' | 'find' | 'read' | 'discard'>
  serverName: string
}

const pageOfMessages = 200
const inside: ReadonlySet<string> = new Set(['join', 'invite', 'knock'])

export class ServedRooms implements ServiceRooms {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  user(name: string): Promise<Subject> {
    return this.#deps.serviceUsers.named(name)
  }

  person(userId: number): Promise<Subject> {
    return this.#deps.serviceUsers.byId(userId)
  }

  async roomsOf({ userId }: Subject): Promise<number[]> {
    return [...(await this.#deps.memberships.load(userId)).keys()]
  }

  make(maker: Subject, wish: RoomWish): Promise<RoomView> {
    return this.#deps.maker.create(maker, wish)
  }

  room(matrixId: string): Promise<RoomView | undefined> {
    return this.#deps.rooms.byMatrixId(matrixId)
  }

  async send(as: Subject, roomId: string, { type, content, key, saidMs }: ServiceWords): Promise<string> {
    const { room, grant } = await this.#deps.doors.enter(as, 'room.send', roomId)
    const transaction = key === undefined ? undefined : transactionOf(as, room, key)
    const draft: Draft = {
      type,
      sender: senderOf(as),
      content,
      ...(transaction !== undefined && { transaction }),
      ...(saidMs !== undefined && { originTs: saidMs }),
    }
    return this.#deps.writer.send(grant, 'room.send', room, draft)
  }

  async set(as: Subject, roomId: string, state: ServiceState): Promise<{ eventId: string } | undefined> {
    const { type, stateKey = '', content, whileHeld } = state
    const { room, grant } = await this.#deps.doors.enter(as, 'room.state', roomId)
    const same = room.stateEntry(type, stateKey)
    if (same !== undefined && isDeepStrictEqual(same.pdu.content, content)) return { eventId: same.eventId }
    const held = whileHeld === undefined ? undefined : { type, stateKey, eventId: whileHeld ?? undefined }
    const draft: Draft = { type, stateKey, sender: senderOf(as), content, ...(held && { onlyWhileHeld: held }) }
    try {
      const [appended] = await this.#deps.writer.append(grant, 'room.state', room, [draft])
      return appended && { eventId: appended.event.matrixId }
    } catch (error) {
      if (error instanceof Overtaken) return undefined
      throw error
    }
  }

  async bring(by: Subject, roomId: string, who: Subject, content?: JsonObject): Promise<void> {
    const now = await this.#membership(roomId, who)
    if (now === 'join') return
    if (now !== 'invite') await this.invite(by, roomId, who)
    const { room, grant } = await this.#deps.doors.enter(who, 'room.join', roomId)
    await this.#deps.members.join(grant, room, { content })
  }

  async invite(by: Subject, roomId: string, who: Subject): Promise<void> {
    const now = await this.#membership(roomId, who)
    if (now === 'join' || now === 'invite') return
    const { room, grant } = await this.#deps.doors.enter(by, 'room.invite', roomId)
    await this.#deps.members.invite(grant, room, userOf(who), { isNotice: true })
  }

  async join(as: Subject, roomId: string): Promise<void> {
    const { room, grant } = await this.#deps.doors.enter(as, 'room.join', roomId)
    await this.#deps.members.join(grant, room, {})
  }

  async present(as: Subject, roomId: string, content: JsonObject): Promise<void> {
    if ((await this.#membership(roomId, as)) !== 'join') return
    const { room, grant } = await this.#deps.doors.enter(as, 'room.join', roomId)
    await this.#deps.members.join(grant, room, { content })
  }

  async leave(as: Subject, roomId: string): Promise<void> {
    if (!inside.has((await this.#membership(roomId, as)) ?? '')) return
    const { room, grant } = await this.#deps.doors.enter(as, 'room.leave', roomId)
    await this.#deps.members.leave(grant, room, {})
  }

  async remove(by: Subject, roomId: string, who: Subject, how: { reason: string; forgets?: boolean }): Promise<void> {
    const { doors, members } = this.#deps
    const now = await this.#membership(roomId, who)
    if (now === undefined) return
    if (inside.has(now)) {
      const { room, grant } = await doors.enter(by, 'room.kick', roomId)
      await members.kick(grant, room, userOf(who), { reason: how.reason })
    }
    if (how.forgets !== true) return
    const { room, grant } = await doors.enter(who, 'room.forget', roomId)
    await members.forget(grant, room)
  }

  async erase(roomId: string): Promise<void> {
    const { db, rooms, vault, media } = this.#deps
    const room = await rooms.byMatrixId(roomId)
    if (room === undefined) return
    await media.discard(await this.#filesOf(room))
    await db.transaction(async (tx) => {
      await deleteWordsOfRoom(tx, room.id)
      await vault.destroyKey(tx, room.key.id)
    })
    rooms.forget(room.id)
  }

  /** Ids of the files of this server that messages of the room name, and of those that are kept in it. */
  async #filesOf(room: Room): Promise<string[]> {
    const ids = new Set(await mediaIdsOfRoom(this.#deps.db, room.id))
    for (let before: string | undefined; ; ) {
      const events = await this.messages([room.id], { before, limit: pageOfMessages })
      for (const { content } of events) for (const id of this.#filesIn(content)) ids.add(id)
      before = events.at(-1)?.matrixId
      if (events.length < pageOfMessages) return [...ids]
    }
  }

  #filesIn(content: JsonObject): string[] {
    const own = `mxc://${this.#deps.serverName}/`
    const info = isJsonObject(content.info) ? content.info : {}
    return [content.url, info.thumbnail_url].flatMap((url) =>
      typeof url === 'string' && url.startsWith(own) ? [url.slice(own.length)] : [],
    )
  }

  async read(as: Subject, roomId: string, eventId: string): Promise<void> {
    const { room, grant } = await this.#deps.doors.enter(as, 'room.receipt', roomId)
    const event = await this.#deps.reader.inRoom(room, eventId)
    if (event !== undefined) await this.#deps.receipts.put(grant, event, 'm.read', '')
  }

  async upload(as: Subject, roomId: string, file: ServiceFile): Promise<string> {
    const room = await this.#deps.rooms.byMatrixId(roomId)
    if (room === undefined) throw new Error(`There is no room ${roomId}.`)
    const grant = this.#deps.access.require(as, 'media.upload')
    const id = await this.#deps.media.upload(grant, {
      bytes: Readable.from([file.bytes]),
      contentType: file.type,
      fileName: file.name,
      sizeBytes: file.bytes.length,
      signal: new AbortController().signal,
      roomId: room.id,
    })
    return `mxc://${this.#deps.serverName}/${id}`
  }

  async keepFiles(db: Db, { content, senderId, roomId, pdu }: StoredEvent): Promise<void> {
    const ids = this.#filesIn(content)
    if (ids.length === 0) return
    const sinceTs = pdu.origin_server_ts - limits.fileSentWithinMs
    await keepMedia(db, ids, { ownerId: senderId, roomId, sinceTs })
  }

  async download(url: string, bytesMax: number): Promise<Omit<ServiceFile, 'name'> | undefined> {
    const { media, serverName } = this.#deps
    const own = `mxc://${serverName}/`
    const file = url.startsWith(own) ? await media.find(url.slice(own.length)) : undefined
    if (file === undefined || file.sizeBytes > bytesMax) return undefined
    const pieces: Buffer[] = []
    for await (const piece of await media.read(file, { start: 0, end: file.sizeBytes })) pieces.push(piece as Buffer)
    return { type: file.contentType, bytes: Buffer.concat(pieces) }
  }

  events(ids: readonly number[]): Promise<StoredEvent[]> {
    return this.#deps.reader.byIds(ids)
  }

  event(room: RoomView, eventId: string): Promise<StoredEvent | undefined> {
    return this.#deps.reader.ofRoomId(room.id, eventId)
  }

  async saidBefore(
    room: RoomView,
    senderId: number,
    before: StoredEvent | undefined,
    limit: number,
  ): Promise<StoredEvent[]> {
    const place = before?.ordering ?? Number.MAX_SAFE_INTEGER
    return this.#deps.reader.open(await messageRowsBySender(this.#deps.db, room.id, senderId, place, limit))
  }

  async messages(roomIds: readonly number[], { before, limit }: MessagesWish): Promise<StoredEvent[]> {
    return this.#deps.reader.open(await messageRowsOfRooms(this.#deps.db, roomIds, before, limit))
  }

  async #membership(roomId: string, { matrixId }: Subject) {
    return (await this.#deps.rooms.byMatrixId(roomId))?.member(matrixId)?.membership
  }
}

function senderOf({ userId, matrixId }: Subject) {
  return { userId, matrixId }
}

function userOf({ userId: id, matrixId }: Subject): User {
  return { id, matrixId, isLocal: true }
}

/** Bound to the user and the room, as those of clients are to their device and path. */
function transactionOf(as: Subject, room: Room, key: string): Transaction {
  const source = JSON.stringify([as.userId, '', 'service', room.matrixId, key])
  return { key: hash('sha256', source, 'buffer'), deviceId: '', transactionId: key }
}
