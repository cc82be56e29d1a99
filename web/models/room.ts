import {
  EventType,
  JoinRule,
  KnownMembership,
  type MatrixClient,
  type MatrixEvent,
  ReceiptType,
  type Room,
  RoomEvent,
  RoomMemberEvent,
  RoomStateEvent,
} from 'matrix-js-sdk'
import { type Member, type Powers, readHouses, readMembers, readPowers } from '../matrix/members.ts'
import { type Person, personIn } from '../matrix/person.ts'
import { acceptInvite, directRooms } from '../matrix/rooms.ts'
import { endorse, redact, sendAgain } from '../matrix/send.ts'
import { openThread, roomSource, threadSource } from '../matrix/sources.ts'
import { ComposerModel } from './composer.ts'
import { TimelineModel } from './timeline.ts'
import { coalesce, Value } from './value.ts'

export type RoomHeader = {
  name: string
  topic: string
  partner: Person | undefined
  invitedBy: Person | undefined
  membership: string
  members: number
  houses: { own: number; others: { house: string; count: number }[] }
  powers: Powers
  open: boolean
  locked: boolean
  favourite: boolean
}
export type ThreadModel = { timeline: TimelineModel; composer: ComposerModel; begunBy: Person; stop(): void }

/** One room as the sheet shows it: head, entries, composer, people, and what one can do there. */
export class RoomModel {
  readonly header: Value<RoomHeader>
  readonly members = new Value<readonly Member[]>([])
  readonly typing = new Value<readonly string[]>([])
  readonly timeline: TimelineModel
  readonly composer: ComposerModel
  readonly room: Room
  private readonly client: MatrixClient
  private readonly stops: (() => void)[] = []
  private membersAsked = false
  private readonly sentReceipts = new Map<TimelineModel, string>()

  constructor(client: MatrixClient, room: Room) {
    this.client = client
    this.room = room
    this.header = new Value(this.readHeader())
    const readUpToId = room.getEventReadUpTo(client.getSafeUserId()) ?? undefined
    const newest = room.getLiveTimeline().getEvents().at(-1)
    this.timeline = new TimelineModel({
      client,
      room,
      source: roomSource(client, room),
      readUpToId: newest?.getId() === readUpToId ? undefined : readUpToId,
    })
    this.composer = new ComposerModel({ client, roomId: room.roomId })
    this.listen()
  }

  get id(): string {
    return this.room.roomId
  }

  async thread(rootId: string): Promise<ThreadModel | undefined> {
    const thread = await openThread(this.client, this.room, rootId).catch(() => undefined)
    if (!thread) return undefined
    const timeline = new TimelineModel({
      client: this.client,
      room: this.room,
      source: threadSource(this.client, thread),
      threadId: rootId,
    })
    const lastId = () => timeline.lastId() ?? rootId
    const composer = new ComposerModel({ client: this.client, roomId: this.id, thread: { rootId, lastId } })
    timeline.composer = composer
    await timeline.open()
    return {
      timeline,
      composer,
      begunBy: personIn(this.client, this.room, thread.rootEvent?.getSender() ?? ''),
      stop: () => timeline.stop(),
    }
  }

  /** Loads everybody, once: the list of people and mentions need them, reading does not. */
  async loadMembers(): Promise<void> {
    if (this.membersAsked) return
    this.membersAsked = true
    await this.room.loadMembersIfNeeded().catch(() => {
      this.membersAsked = false
    })
    this.refreshMembers()
    this.header.set(this.readHeader())
  }

  /** Tells others, and the person's other devices, that she has read down to the newest entry. */
  markRead(timeline: TimelineModel = this.timeline): void {
    const id = timeline.lastId()
    const event = id ? timeline.event(id) : undefined
    if (!event || !id || id === this.sentReceipts.get(timeline) || id.startsWith('~')) return
    this.sentReceipts.set(timeline, id)
    this.client.sendReadReceipt(event, ReceiptType.Read).catch(() => this.sentReceipts.delete(timeline))
  }

  async toggleEndorsement(eventId: string, key: string, mineId: string | undefined): Promise<void> {
    if (mineId) await redact(this.client, this.id, mineId)
    else await endorse(this.client, this.id, eventId, key)
  }

  remove(eventId: string, reason: string): Promise<void> {
    return redact(this.client, this.id, eventId, reason)
  }

  sendAgain(event: MatrixEvent): void {
    sendAgain(this.client, this.room, event)
  }

  discard(event: MatrixEvent): void {
    this.client.cancelPendingEvent(event)
  }

  async rename(name: string): Promise<void> {
    await this.client.setRoomName(this.id, name)
  }

  async setTopic(topic: string): Promise<void> {
    await this.client.setRoomTopic(this.id, topic)
  }

  async setOpen(open: boolean): Promise<void> {
    await this.client.sendStateEvent(this.id, EventType.RoomJoinRules, {
      join_rule: open ? JoinRule.Public : JoinRule.Invite,
    })
    await this.client.setRoomDirectoryVisibility(this.id, (open ? 'public' : 'private') as never).catch(() => undefined)
  }

  async setFavourite(favourite: boolean): Promise<void> {
    if (favourite) await this.client.setRoomTag(this.id, 'm.favourite', { order: 0.5 })
    else await this.client.deleteRoomTag(this.id, 'm.favourite')
  }

  async invite(userId: string): Promise<void> {
    await this.client.invite(this.id, userId)
  }

  async removePerson(userId: string, reason: string): Promise<void> {
    await this.client.kick(this.id, userId, reason || undefined)
  }

  async ban(userId: string, reason: string): Promise<void> {
    await this.client.ban(this.id, userId, reason || undefined)
  }

  async unban(userId: string): Promise<void> {
    await this.client.unban(this.id, userId)
  }

  async leave(): Promise<void> {
    await this.client.leave(this.id)
  }

  accept(): Promise<void> {
    return acceptInvite(this.client, this.id)
  }

  stop(): void {
    this.timeline.stop()
    for (const stop of this.stops.splice(0)) stop()
  }

  private readHeader(): RoomHeader {
    const { client, room } = this
    const partnerId = directRooms(client).get(room.roomId)
    const membership = room.getMyMembership()
    const invited = membership === KnownMembership.Invite
    const inviter = invited ? room.getMember(client.getSafeUserId())?.events.member?.getSender() : undefined
    const partner = partnerId ? personIn(client, room, partnerId) : undefined
    const topic = room.currentState.getStateEvents(EventType.RoomTopic, '')?.getContent().topic
    return {
      name: partner?.name ?? room.name,
      topic: typeof topic === 'string' ? topic : '',
      partner,
      invitedBy: inviter ? personIn(client, room, inviter) : undefined,
      membership,
      members: room.getJoinedMemberCount(),
      houses: readHouses(client, room),
      powers: readPowers(client, room),
      open: room.getJoinRule() === JoinRule.Public,
      locked: room.hasEncryptionStateEvent(),
      favourite: Boolean(room.tags['m.favourite']),
    }
  }

  private refreshMembers(): void {
    if (this.membersAsked) this.members.set(readMembers(this.client, this.room))
  }

  private listen(): void {
    const { client, room } = this
    const refresh = coalesce(() => {
      const next = this.readHeader()
      if (JSON.stringify(next) !== JSON.stringify(this.header.get())) this.header.set(next)
      this.refreshMembers()
    })
    const onTyping = (_event: MatrixEvent, member: { roomId: string }) => {
      if (member.roomId !== room.roomId) return
      const own = client.getSafeUserId()
      const names = room
        .getMembers()
        .filter((other) => other.typing && other.userId !== own)
        .map((other) => other.rawDisplayName || other.name)
      this.typing.set(names)
    }
    client.on(RoomMemberEvent.Typing, onTyping)
    for (const name of [RoomEvent.Name, RoomEvent.MyMembership, RoomEvent.Tags, RoomEvent.Summary] as const) {
      room.on(name, refresh)
      this.stops.push(() => room.off(name, refresh))
    }
    for (const name of [RoomStateEvent.Events, RoomStateEvent.Members] as const) {
      room.currentState.on(name, refresh)
      this.stops.push(() => room.currentState.off(name, refresh))
    }
    this.stops.push(() => client.off(RoomMemberEvent.Typing, onTyping))
  }
}
