import { Readable } from 'node:stream'
import { permissionsOf, type RoomAct, type Subject } from '#access/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import type { Chancery } from '../composition/platform.ts'
import type { DemoFile } from './files/catalogue.ts'
import type { DemoPerson } from './people.ts'
import { editOf, type Named, wordsOf } from './words.ts'

export type Actor = Named & { readonly key: string; readonly subject: Subject }

/** A room while it is told. */
export type Scene = {
  readonly roomId: string
  readonly internalId: number
  readonly present: Set<string>
  readonly labels: Map<string, Said>
  /** What stands in the room itself, the newest last. */
  readonly said: Said[]
  /** The newest words of all, threads included. */
  newest: string | undefined
}

export type Said = {
  readonly eventId: string
  readonly who: string
  /** The root of the thread that it belongs to, and the newest event of the thread that it began. */
  readonly root: Said | undefined
  threadEnd: string
}

export type Saying = {
  readonly who: string
  readonly text: string
  readonly label?: string | undefined
  readonly replyTo?: Said | undefined
  readonly thread?: Said | undefined
  readonly file?: DemoFile | undefined
}

/** What people do on the stage, each by the same services and with the same grants as anybody who does it over HTTP. */
export class Stage {
  readonly #chancery: Chancery
  readonly #serverName: string
  readonly #actors = new Map<string, Actor>()
  readonly #uploaded = new Map<string, string>()

  constructor(chancery: Chancery, serverName: string) {
    this.#chancery = chancery
    this.#serverName = serverName
  }

  async arrive(person: DemoPerson, password: string): Promise<void> {
    const { identity, messaging } = this.#chancery
    const { key, name, role } = person
    const user = await identity.accounts.create({ username: key, password, role, displayName: name })
    await messaging.profiles.set(user.id, 'org.chancery.title', person.title)
    await messaging.profiles.set(user.id, 'org.chancery.department', person.department)
    const subject = Object.freeze({
      userId: user.id,
      matrixId: user.matrixId,
      // No session stands behind the story: nobody is signed in anywhere when it ends.
      deviceId: 'DEMO',
      sessionId: 0,
      isGuest: false,
      role,
      permissions: permissionsOf(role),
    })
    this.#actors.set(key, { key, name, matrixId: user.matrixId, subject })
  }

  /** The same people, where everything is composed anew. */
  in(chancery: Chancery): Stage {
    const stage = new Stage(chancery, this.#serverName)
    for (const [key, actor] of this.#actors) stage.#actors.set(key, actor)
    return stage
  }

  actor(key: string): Actor {
    const actor = this.#actors.get(key)
    if (actor === undefined) throw new Error(`Nobody of the demo is called ${key}.`)
    return actor
  }

  /** A link by which a new colleague gets an account. Nobody has it: its token is thrown away. */
  async inviteColleague(by: string, displayName: string, note: string): Promise<void> {
    await this.#chancery.identity.invitations.create(this.actor(by).subject, { displayName, note })
  }

  async open(creator: string, wish: Parameters<Chancery['messaging']['maker']['create']>[1]): Promise<Scene> {
    const room = await this.#chancery.messaging.maker.create(this.actor(creator).subject, wish)
    return {
      roomId: room.matrixId,
      internalId: room.id,
      present: new Set([creator]),
      labels: new Map(),
      said: [],
      newest: undefined,
    }
  }

  /** In a room that others made. */
  async write(room: Pick<Scene, 'roomId'>, who: string, text: string, atMs: number): Promise<void> {
    await this.#send(room, who, 'm.room.message', wordsOf(text, this.#actors).content, atMs)
  }

  async join(scene: Scene, who: string): Promise<void> {
    const { room, grant } = await this.#enter(scene, who, 'room.join')
    await this.#chancery.messaging.members.join(grant, room, {})
    scene.present.add(who)
  }

  async leave(scene: Scene, who: string): Promise<void> {
    const { room, grant } = await this.#enter(scene, who, 'room.leave')
    await this.#chancery.messaging.members.leave(grant, room, {})
    scene.present.delete(who)
  }

  async invite(scene: Scene, by: string, whom: string): Promise<void> {
    const { members } = this.#chancery.messaging
    const { room, grant } = await this.#enter(scene, by, 'room.invite')
    await members.invite(grant, room, await members.person(this.actor(whom).matrixId), {})
  }

  async setState(scene: Scene, who: string, type: string, content: JsonObject): Promise<void> {
    const { room, grant } = await this.#enter(scene, who, 'room.state')
    await this.#chancery.messaging.writer.send(grant, 'room.state', room, {
      type,
      stateKey: '',
      sender: this.#sender(who),
      content,
    })
  }

  async say(scene: Scene, saying: Saying, atMs: number): Promise<Said> {
    const { who, replyTo, thread, label } = saying
    const { content } = wordsOf(saying.text, this.#actors)
    if (saying.file !== undefined) Object.assign(content, await this.#fileContent(who, saying.file, saying.text))
    const relation = relationOf(replyTo, thread)
    if (relation !== undefined) content['m.relates_to'] = relation
    if (replyTo !== undefined && replyTo.who !== who) {
      const mentions = content['m.mentions'] as { user_ids?: string[] }
      mentions.user_ids = [...new Set([...(mentions.user_ids ?? []), this.actor(replyTo.who).matrixId])]
    }
    const eventId = await this.#send(scene, who, 'm.room.message', content, atMs)
    const said: Said = { eventId, who, root: thread, threadEnd: eventId }
    if (thread === undefined) scene.said.push(said)
    else thread.threadEnd = eventId
    scene.newest = eventId
    if (label !== undefined) scene.labels.set(label, said)
    return said
  }

  async edit(scene: Scene, said: Said, text: string, atMs: number): Promise<void> {
    const { content } = wordsOf(text, this.#actors)
    await this.#send(scene, said.who, 'm.room.message', editOf(said.eventId, content), atMs)
  }

  async endorse(scene: Scene, who: string, said: Said, key: string, atMs: number): Promise<void> {
    const relation = { rel_type: 'm.annotation', event_id: said.eventId, key }
    await this.#send(scene, who, 'm.reaction', { 'm.relates_to': relation }, atMs)
  }

  async redact(scene: Scene, said: Said, reason: string, atMs: number): Promise<void> {
    const { reader, writer } = this.#chancery.messaging
    const { room, grant } = await this.#enter(scene, said.who, 'room.redact')
    const redacts = await reader.inRoom(room, said.eventId)
    if (redacts === undefined) throw new Error('What is to be removed is not there.')
    await writer.send(grant, 'room.redact', room, {
      type: 'm.room.redaction',
      sender: this.#sender(said.who),
      content: { reason },
      redacts,
      originTs: atMs,
    })
  }

  /** Everything up to the event counts as read, and the mark before what is new stands behind it. */
  async read(scene: Scene, who: string, eventId: string): Promise<void> {
    const { reader, receipts, accountData } = this.#chancery.messaging
    const { room, grant } = await this.#enter(scene, who, 'room.receipt')
    const event = await reader.inRoom(room, eventId)
    if (event === undefined) throw new Error('What was read is not there.')
    await receipts.put(grant, event, 'm.read', '')
    await accountData.put(grant.subject.userId, room.id, 'm.fully_read', { event_id: eventId })
  }

  async keep(who: string, scene: Scene | undefined, type: string, content: JsonObject): Promise<void> {
    const { userId } = this.actor(who).subject
    await this.#chancery.messaging.accountData.put(userId, scene?.internalId ?? null, type, content)
  }

  async #send(
    scene: Pick<Scene, 'roomId'>,
    who: string,
    type: string,
    content: JsonObject,
    originTs: number,
  ): Promise<string> {
    const { room, grant } = await this.#enter(scene, who, 'room.send')
    return this.#chancery.messaging.writer.send(grant, 'room.send', room, {
      type,
      sender: this.#sender(who),
      content,
      originTs,
    })
  }

  #enter(scene: Pick<Scene, 'roomId'>, who: string, act: RoomAct) {
    return this.#chancery.messaging.doors.enter(this.actor(who).subject, act, scene.roomId)
  }

  #sender(who: string) {
    const { userId, matrixId } = this.actor(who).subject
    return { userId, matrixId }
  }

  async #fileContent(who: string, file: DemoFile, caption: string): Promise<JsonObject> {
    const info: JsonObject = { mimetype: file.type, size: file.bytes.length }
    if (file.picture !== undefined) Object.assign(info, { w: file.picture.width, h: file.picture.height })
    return {
      msgtype: file.picture === undefined ? 'm.file' : 'm.image',
      ...(caption === '' ? { body: file.name } : {}),
      filename: file.name,
      url: await this.#upload(who, file),
      info,
    }
  }

  async #upload(who: string, file: DemoFile): Promise<string> {
    const known = this.#uploaded.get(file.name)
    if (known !== undefined) return known
    const grant = this.#chancery.access.require(this.actor(who).subject, 'media.upload')
    const id = await this.#chancery.messaging.media.upload(grant, {
      bytes: Readable.from([file.bytes]),
      contentType: file.type,
      fileName: file.name,
      sizeBytes: file.bytes.length,
      signal: new AbortController().signal,
    })
    const url = `mxc://${this.#serverName}/${id}`
    this.#uploaded.set(file.name, url)
    return url
  }
}

function relationOf(replyTo: Said | undefined, thread: Said | undefined): JsonObject | undefined {
  if (thread !== undefined) {
    return {
      rel_type: 'm.thread',
      event_id: thread.eventId,
      is_falling_back: replyTo === undefined,
      'm.in_reply_to': { event_id: replyTo?.eventId ?? thread.threadEnd },
    }
  }
  return replyTo === undefined ? undefined : { 'm.in_reply_to': { event_id: replyTo.eventId } }
}
