import {
  ClientEvent,
  type IMyDevice,
  type MatrixClient,
  type MatrixEvent,
  type Room,
  RoomEvent,
  UserEvent,
} from 'matrix-js-sdk'
import { type Administration, createAdministration } from '../matrix/administration.ts'
import { type Connection, openClient } from '../matrix/client.ts'
import { isDeskRoom, talkIdOf } from '../matrix/desk.ts'
import { mentionsMe, plainWords } from '../matrix/entry.ts'
import { createMedia, type Media } from '../matrix/media.ts'
import { makePerson, type Person, personIn } from '../matrix/person.ts'
import { directRooms, type RoomRow, readRooms } from '../matrix/rooms.ts'
import { sendWaiting } from '../matrix/send.ts'
import type { Session } from '../matrix/session.ts'
import { words } from '../words/index.ts'
import { Desk } from './desk.ts'
import { tellDesktop } from './desktop.ts'
import { say } from './notices.ts'
import { RoomModel } from './room.ts'
import { formatRoute, type Route } from './route.ts'
import { coalesce, Keeper, sameList, Value } from './value.ts'

const resendMs = 5000
const spokenCountMs = 10_000

/** Conversations with citizens are read at the desk. */
function routeTo(client: MatrixClient, room: Room): Route {
  const talkId = isDeskRoom(client, room) ? talkIdOf(room) : undefined
  return talkId ? { page: 'desk', view: { name: 'mine' }, talkId } : { page: 'room', roomId: room.roomId }
}

/** Everything of one signed-in person: her rooms, her connection, her media. Lives until she signs out. */
export class Office {
  readonly rooms = new Value<readonly RoomRow[]>([])
  readonly connection: Value<Connection>
  readonly me: Value<Person>
  readonly mayAdminister = new Value(false)
  readonly client: MatrixClient
  readonly media: Media
  readonly administration: Administration
  readonly desk: Desk
  readonly session: Session
  private readonly stopClient: () => void
  private readonly rows = new Keeper<RoomRow>((row) => row.id)
  private readonly models = new Map<string, RoomModel>()
  private readonly timers: ReturnType<typeof setInterval>[] = []
  private readonly newEntries = new Map<string, number>()
  private readonly refreshSoon = coalesce(() =>
    this.rooms.update((rows) => sameList(rows, this.rows.keep(readRooms(this.client)))),
  )

  private constructor(session: Session, client: MatrixClient, connection: Value<Connection>, stop: () => void) {
    this.session = session
    this.client = client
    this.connection = connection
    this.stopClient = stop
    this.media = createMedia(session.accessToken)
    this.administration = createAdministration(session)
    this.desk = new Desk(client, session)
    this.me = new Value(makePerson(session.userId, undefined, undefined, client.getDomain() ?? ''))
    this.listen()
  }

  /** Resolves once the client has started; rooms follow with the first answer, when `connection` becomes `live`. */
  static async open(session: Session, onSignedOut: () => void): Promise<Office> {
    const connection = new Value<Connection>('opening')
    let office: Office | undefined
    const onConnection = (state: Connection) => {
      const before = connection.get()
      connection.set(before === 'opening' && state === 'lost' ? 'lost' : state)
      if (state === 'live' && before !== 'live') office?.onLive()
    }
    const { client, stop } = await openClient({ session, onConnection, onSignedOut })
    office = new Office(session, client, connection, stop)
    if (connection.get() === 'live') office.onLive()
    return office
  }

  /** The model of a room that one is in or invited to. Kept, so that coming back is at once. */
  room(roomId: string): RoomModel | undefined {
    const known = this.models.get(roomId)
    if (known) return known
    const room = this.client.getRoom(roomId)
    if (!room) return undefined
    const model = new RoomModel(this.client, room)
    this.models.set(roomId, model)
    return model
  }

  /** Forgets a room's model, so that opening it again begins at its newest entries. */
  closeRoom(roomId: string): void {
    const model = this.models.get(roomId)
    // Files on their way and unsent words belong to the model; it stays until they are gone.
    if (!model || model.composer.files.get().length > 0) return
    model.stop()
    this.models.delete(roomId)
  }

  async rename(name: string): Promise<void> {
    await this.client.setDisplayName(name)
    this.me.set(makePerson(this.session.userId, name, this.me.get().avatar, this.client.getDomain() ?? ''))
  }

  async devices(): Promise<IMyDevice[]> {
    const { devices } = await this.client.getDevices()
    return devices.toSorted((a, b) => (b.last_seen_ts ?? 0) - (a.last_seen_ts ?? 0))
  }

  /** Ends another device of one's own; the server wants the password for that. */
  async endDevice(deviceId: string, password: string): Promise<void> {
    const auth = {
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: this.session.userId },
      password,
    }
    try {
      await this.client.deleteDevice(deviceId)
    } catch (error) {
      const flows = (error as { data?: { session?: string; flows?: unknown } }).data
      if (!flows?.flows) throw error
      await this.client.deleteDevice(deviceId, { ...auth, session: flows.session } as never)
    }
  }

  stop(): void {
    for (const timer of this.timers.splice(0)) clearInterval(timer)
    for (const model of this.models.values()) model.stop()
    this.models.clear()
    this.desk.stop()
    this.stopClient()
    this.media.close()
  }

  private onLive(): void {
    this.refreshSoon()
    void this.desk.refresh()
    void sendWaiting(this.client)
    this.client
      .getProfileInfo(this.session.userId)
      .then(({ displayname, avatar_url }) => {
        this.me.set(makePerson(this.session.userId, displayname, avatar_url, this.client.getDomain() ?? ''))
      })
      .catch(() => undefined)
    this.administration
      .people({ search: '', limit: 1 })
      .then(() => this.mayAdminister.set(true))
      .catch(() => undefined)
  }

  private listen(): void {
    const { client } = this
    client.on(ClientEvent.Sync, this.refreshSoon)
    client.on(ClientEvent.AccountData, this.refreshSoon)
    client.on(RoomEvent.MyMembership, this.refreshSoon)
    client.on(RoomEvent.Name, this.refreshSoon)
    client.on(RoomEvent.Receipt, this.refreshSoon)
    client.on(RoomEvent.Tags, this.refreshSoon)
    client.on(UserEvent.DisplayName, this.refreshSoon)
    client.on(RoomEvent.UnreadNotifications as never, this.refreshSoon as never)
    client.on(RoomEvent.Timeline, (event, room, toStart, _removed, data) => {
      if (room && !toStart && data.liveEvent) this.hear(event, room)
    })
    this.timers.push(setInterval(() => this.tellCounts(), spokenCountMs))
    this.timers.push(
      setInterval(() => {
        if (this.connection.get() === 'live') void sendWaiting(client)
      }, resendMs),
    )
  }

  /** Mentions are spoken at once, everything else is counted; what is for the reader may also stand on her desktop. */
  private hear(event: MatrixEvent, room: Room): void {
    const own = this.client.getSafeUserId()
    if (this.connection.get() !== 'live' || event.getSender() === own || event.getType() !== 'm.room.message') return
    const who = personIn(this.client, room, event.getSender() ?? '').name
    const open = () => {
      location.hash = formatRoute(routeTo(this.client, room))
    }
    if (mentionsMe(event, own)) {
      say(words.announce.mention(who, room.name, plainWords(event).slice(0, 200)), true)
      tellDesktop(words.announce.mentionedBy(who), room.name, open, room.roomId)
    } else if (directRooms(this.client).has(room.roomId)) {
      tellDesktop(words.announce.writtenBy(who), '', open, room.roomId)
    }
    if (this.models.has(room.roomId)) {
      this.newEntries.set(room.roomId, (this.newEntries.get(room.roomId) ?? 0) + 1)
    }
  }

  private tellCounts(): void {
    if (this.newEntries.size === 0) return
    const counts = [...this.newEntries].map(([roomId, count]) =>
      words.announce.some(count, this.client.getRoom(roomId)?.name ?? ''),
    )
    this.newEntries.clear()
    say(counts.join(' '))
  }
}
