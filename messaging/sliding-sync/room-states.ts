/** The state part of each room of an answer: what the client requires of it, or how that has changed. */
import type { Users } from '#identity/api.ts'
import type { Db } from '#platform/api.ts'
import type { EventReader } from '../events/event-reader.ts'
import type { StoredEvent } from '../events/stored-event.ts'
import { memberEventRowsAt, otherStateRowsAt, stateRowsAt, stateRowsBetween } from '../store/room-state.ts'
import type { SentMembers } from '../sync/sent-members.ts'
import { membershipSetBy } from '../sync/tail.ts'
import { live } from './connection-state.ts'
import { isLazy, membersWanted, type RequiredState, rulesOf, typesWanted, wants } from './required-state.ts'
import type { RoomTask } from './room-task.ts'
import type { RoomTimeline } from './room-timelines.ts'

type Deps = { db: Db; reader: EventReader; users: Pick<Users, 'byMatrixIds'>; sentMembers: SentMembers<string> }

export type RoomStatePart = {
  /** What the client is told as required state. */
  readonly required: readonly StoredEvent[]
  /** State that tells the room's name and picture, where it is new to the client. */
  readonly about: ReadonlyMap<string, StoredEvent>
  /** Whether who is in the room may have changed. */
  readonly membersChanged: boolean
}

/** Told with every room, whatever is required. */
const aboutTypes = ['m.room.name', 'm.room.avatar']

export class SlidingStates {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** `connection` names the client that lazily loaded members are remembered for. */
  async of(
    connection: string,
    tasks: readonly RoomTask[],
    timelines: ReadonlyMap<number, RoomTimeline>,
    configs: ReadonlyMap<number, string>,
  ): Promise<Map<number, RoomStatePart>> {
    const parts = new Map<number, RoomStatePart>()
    const begun = tasks.filter((task) => task.from === undefined)
    const [whole, changes] = await Promise.all([
      this.#held(begun.map((task) => ({ task, required: task.wish.requiredState, types: aboutTypes }))),
      Promise.all(
        tasks.filter((task) => task.from !== undefined).map((task) => this.#change(task, timelines, configs)),
      ),
    ])
    for (const task of begun) {
      const held = whole.get(task.room.id) ?? []
      parts.set(task.room.id, { required: wanted(task, held), about: aboutOf(held), membersChanged: true })
    }
    for (const { task, part } of changes) parts.set(task.room.id, part)
    await this.#addSpeakers(connection, tasks, timelines, parts)
    return parts
  }

  /** Everything that rules may want of rooms, as it holds at the end of each task. */
  async #held(
    wishes: readonly { task: RoomTask; required: RequiredState; types: readonly string[] }[],
  ): Promise<Map<number, StoredEvent[]>> {
    if (wishes.length === 0) return new Map()
    const { db, reader, users } = this.#deps
    const people = new Set<string>()
    const all: typeof wishes = wishes.filter(({ required }) => membersWanted(required) === 'all')
    const types = new Set<string>()
    let anyType = false
    for (const { required, types: more } of wishes) {
      const members = membersWanted(required)
      if (members !== 'all') for (const person of members) people.add(person)
      const some = typesWanted(required)
      if (some === undefined) anyType = true
      for (const type of [...(some ?? []), ...more]) types.add(type)
    }
    const ids = await users.byMatrixIds([...people])
    const at = wishes.map(({ task }) => ({ roomId: task.room.id, position: task.to }))
    const members = wishes.flatMap(({ task, required }) => {
      const some = membersWanted(required)
      if (some === 'all') return []
      const known = [...some].flatMap((person) => ids.get(person)?.id ?? [])
      return known.map((userId) => ({ roomId: task.room.id, position: task.to, userId }))
    })
    const [others, some, everybody] = await Promise.all([
      otherStateRowsAt(db, at, anyType ? undefined : [...types]),
      members.length === 0 ? [] : memberEventRowsAt(db, members),
      all.length === 0
        ? []
        : stateRowsAt(
            db,
            all.map(({ task }) => ({ roomId: task.room.id, position: task.to })),
          ),
    ])
    const eventIds = new Set([...others, ...some, ...everybody].map((row) => row.eventId))
    return Map.groupBy(await reader.byIds([...eventIds]), (event) => event.roomId)
  }

  async #change(
    task: RoomTask,
    timelines: ReadonlyMap<number, RoomTimeline>,
    configs: ReadonlyMap<number, string>,
  ): Promise<{ task: RoomTask; part: RoomStatePart }> {
    const timeline = timelines.get(task.room.id)
    const hasState = timeline?.span.some(({ event }) => event.stateKey !== undefined) === true
    const hasGap = timeline?.hasGap === true
    const rows = hasState || hasGap ? await stateRowsBetween(this.#deps.db, task.room.id, task.from ?? 0, task.to) : []
    const changed = await this.#deps.reader.byIds(rows.map((row) => row.eventId))
    const lazy = isLazy(task.wish.requiredState)
    // Who joined, left or changed a name is told where nothing is left out between: clients keep the list of members by it.
    const required = changed.filter(
      (event) =>
        wants(task.wish.requiredState, event.type, event.stateKey ?? '') ||
        (lazy && !hasGap && event.type === 'm.room.member'),
    )
    const config = configs.get(task.room.id)
    const added = config === undefined ? [] : await this.#added(task, config, required)
    const missed = lazy && !hasGap ? await this.#missedMembers(task) : []
    const all = new Map([...required, ...added, ...missed].map((event) => [event.id, event]))
    const membersChanged = changed.some((event) => membershipSetBy(event) !== undefined)
    return { task, part: { required: [...all.values()], about: aboutOf(changed), membersChanged } }
  }

  /** Members that changed while a client that was told of them, and wants to be again, loaded none. */
  async #missedMembers({ room, sent, to }: RoomTask): Promise<StoredEvent[]> {
    if (sent === undefined || sent.members === live) return []
    const rows = await stateRowsBetween(this.#deps.db, room.id, sent.members, to)
    return this.#deps.reader.byIds(rows.flatMap((row) => (row.userId === null ? [] : [row.eventId])))
  }

  /** State that the client requires now and did not before. */
  async #added(task: RoomTask, before: string, told: readonly StoredEvent[]): Promise<StoredEvent[]> {
    const then = rulesOf(before)
    const held = await this.#held([{ task, required: task.wish.requiredState, types: [] }])
    const known = new Set(told.map((event) => event.id))
    return wanted(task, held.get(task.room.id) ?? []).filter(
      (event) => !known.has(event.id) && !wants(then, event.type, event.stateKey ?? ''),
    )
  }

  /** With lazy loading, the members who speak in what is told, and those of whom it speaks. */
  async #addSpeakers(
    connection: string,
    tasks: readonly RoomTask[],
    timelines: ReadonlyMap<number, RoomTimeline>,
    parts: Map<number, RoomStatePart>,
  ): Promise<void> {
    const asked: { roomId: number; position: number; userId: number }[] = []
    const lazy = tasks.filter((task) => isLazy(task.wish.requiredState))
    const ids = await this.#deps.users.byMatrixIds(
      lazy.flatMap((task) => timelines.get(task.room.id)?.events.flatMap(({ event }) => targetOf(event) ?? []) ?? []),
    )
    for (const task of lazy) {
      const timeline = timelines.get(task.room.id)
      const people = new Set(
        timeline?.events.flatMap(({ event }) => [event.senderId, ids.get(targetOf(event) ?? '')?.id ?? event.senderId]),
      )
      // After a gap the client begins its list of members anew.
      const isAnew = task.from === undefined || timeline?.hasGap === true || task.expands
      const unknown = isAnew ? people : this.#deps.sentMembers.unknown(connection, task.room.id, people)
      for (const userId of unknown) asked.push({ roomId: task.room.id, position: task.to, userId })
      this.#deps.sentMembers.add(connection, task.room.id, people)
    }
    if (asked.length === 0) return
    const rows = await memberEventRowsAt(this.#deps.db, asked)
    const events = await this.#deps.reader.byIds([...new Set(rows.map((row) => row.eventId))])
    for (const [roomId, ofRoom] of Map.groupBy(events, (event) => event.roomId)) {
      const part = parts.get(roomId)
      if (part === undefined) continue
      const known = new Set(part.required.map((event) => event.id))
      parts.set(roomId, { ...part, required: [...part.required, ...ofRoom.filter((event) => !known.has(event.id))] })
    }
  }
}

function targetOf(event: StoredEvent): string | undefined {
  return membershipSetBy(event)?.matrixId
}

function wanted(task: RoomTask, held: readonly StoredEvent[]): StoredEvent[] {
  return held.filter((event) => wants(task.wish.requiredState, event.type, event.stateKey ?? ''))
}

function aboutOf(events: readonly StoredEvent[]): Map<string, StoredEvent> {
  return new Map(
    events
      .filter((event) => event.stateKey === '' && aboutTypes.includes(event.type))
      .map((event) => [event.type, event]),
  )
}
