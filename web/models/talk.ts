import { ClientEvent, type MatrixClient, type MatrixEvent, type Room, RoomEvent } from 'matrix-js-sdk'
import { isIn, type TalkAct, type WholeTalk } from '../matrix/desk.ts'
import type { Desk } from './desk.ts'
import { Letter } from './letter.ts'
import type { RoomModel } from './room.ts'
import { coalesce, Value } from './value.ts'
import { WovenTimeline } from './woven.ts'

/** Of a conversation that one is in. The notes follow a moment after one came in. */
export type Inside = { conversation: RoomModel; notes: RoomModel | undefined; timeline: WovenTimeline; letter: Letter }

/** The part of the office that a conversation needs. */
type Rooms = { client: MatrixClient; room(id: string): RoomModel | undefined; closeRoom(id: string): void }

const lookMs = 15_000

/** One conversation of the desk as the sheet shows it. */
export class TalkModel {
  readonly id: string
  readonly whole = new Value<WholeTalk | undefined>(undefined)
  readonly failure = new Value<unknown>(undefined)
  readonly inside = new Value<Inside | undefined>(undefined)
  /** Grows with everything that happens in the conversation: what is known of the citizen may be another. */
  readonly news = new Value(0)
  /** A colleague asks one to take it over. */
  readonly isAsked = new Value(false)
  private readonly office: Rooms
  private readonly desk: Desk
  private readonly stops: (() => void)[] = []
  private readonly look = coalesce(() => this.enter())
  private asked = 0

  constructor(office: Rooms, desk: Desk, id: string) {
    this.office = office
    this.desk = desk
    this.id = id
    const { client } = office
    const onRoom = (room: Room) => this.concerns(room.roomId) && this.look()
    const onTimeline = (event: MatrixEvent, room: Room | undefined, toStart?: boolean) => {
      if (!room || toStart || event.getRoomId() !== this.whole.get()?.roomId) return
      this.news.update((count) => count + 1)
      void this.refresh()
    }
    client.on(ClientEvent.Room, onRoom)
    client.on(RoomEvent.MyMembership, onRoom)
    client.on(RoomEvent.Timeline, onTimeline)
    const timer = setInterval(() => document.visibilityState === 'visible' && void this.refresh(), lookMs)
    this.stops.push(
      () => client.off(ClientEvent.Room, onRoom),
      () => client.off(RoomEvent.MyMembership, onRoom),
      () => client.off(RoomEvent.Timeline, onTimeline),
      () => clearInterval(timer),
    )
    void this.refresh()
  }

  async refresh(): Promise<void> {
    this.asked += 1
    const question = this.asked
    try {
      const whole = await this.desk.api.talk(this.id)
      if (question === this.asked) this.tell(whole)
    } catch (error) {
      if (question === this.asked) this.failure.set(error)
    }
  }

  async take(takeOver: boolean): Promise<void> {
    this.did(await this.desk.api.take(this.id, takeOver))
  }

  async handOver(to: string): Promise<void> {
    this.did(await this.desk.api.handOver(this.id, to))
  }

  async act(act: TalkAct): Promise<void> {
    this.did(await this.desk.api.act(this.id, act))
  }

  /** Comes in beside whoever leads it. */
  async join(): Promise<void> {
    const whole = this.whole.get()
    if (whole) await this.office.client.joinRoom(whole.roomId)
    await this.refresh()
  }

  async leave(): Promise<void> {
    const whole = this.whole.get()
    if (whole) await this.office.client.leave(whole.roomId)
    await this.refresh()
  }

  stop(): void {
    this.asked += 1
    for (const stop of this.stops.splice(0)) stop()
    this.goOut()
  }

  private did(whole: WholeTalk): void {
    this.asked += 1
    this.tell(whole)
    this.desk.refreshSoon()
  }

  private tell(whole: WholeTalk): void {
    this.failure.set(undefined)
    if (JSON.stringify(whole) !== JSON.stringify(this.whole.get())) this.whole.set(whole)
    this.look()
  }

  private concerns(roomId: string): boolean {
    const whole = this.whole.get()
    return roomId === whole?.roomId || roomId === whole?.notesRoomId
  }

  /** Follows whether one is in the rooms. */
  private enter(): void {
    const whole = this.whole.get()
    if (!whole || this.stops.length === 0) return
    const { client } = this.office
    const room = client.getRoom(whole.roomId)
    this.isAsked.set(room?.getMyMembership() === 'invite')
    if (!isIn(room)) {
      this.goOut()
      return
    }
    const conversation = this.office.room(whole.roomId)
    const notes = isIn(client.getRoom(whole.notesRoomId)) ? this.office.room(whole.notesRoomId) : undefined
    const before = this.inside.get()
    if (!conversation || (before?.conversation === conversation && before.notes === notes)) return
    before?.timeline.stop()
    const timeline = new WovenTimeline(client, { conversation, notes }, whole.citizen)
    const way = () => this.whole.get()?.way
    const onSent = () => void this.refresh()
    const letter =
      before?.conversation === conversation ? before.letter : new Letter({ client, conversation, way, onSent })
    this.inside.set({ conversation, notes, timeline, letter })
    void timeline.open()
  }

  private goOut(): void {
    const inside = this.inside.get()
    if (!inside) return
    inside.timeline.stop()
    this.inside.set(undefined)
    this.office.closeRoom(inside.conversation.id)
    if (inside.notes) this.office.closeRoom(inside.notes.id)
  }
}
