import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PushDecision } from '#matrix/api.ts'
import { type Clock, type Log, type LogReader, type LogRow, limits, logKinds, type Tx } from '#platform/api.ts'
import type { EventReader } from '../events/event-reader.ts'
import { type Notice, noticeOf, pushContext } from '../events/notice.ts'
import type { StoredEvent } from '../events/stored-event.ts'
import { membershipCodes, type Room } from '../rooms/room.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import {
  anyPusher,
  type ListenerRow,
  listenersIn,
  pushersOf,
  putWaiting,
  type WaitingInsert,
} from '../store/pushers.ts'
import { displayNameOf } from '../unread/count-anew.ts'
import { clientEvent } from '../unread/read-state.ts'
import type { PeopleRules } from './people-rules.ts'
import type { RulesInForce } from './rules-in-force.ts'

type Deps = {
  log: Pick<Log, 'read'>
  clock: Clock
  rooms: RoomCache
  reader: EventReader
  peopleRules: PeopleRules
}

/** The name under which the position is stored. Another name would begin at position 0 again. */
const readerName = 'push'
/** What is said within so short a time is decided upon together; nobody notices, and a busy server does less. */
const gatherMs = 50
/** After so many people whose own rules were asked, others have a turn: a tenth of a millisecond each at the worst. */
const peopleInOneGo = 200

/**
 * Reads the log and decides who is to be told of what: everybody with a pusher whom an event notifies, and everybody with
 * one who has read. Deciding and remembering it are one transaction; sending is `PushDelivery`'s affair.
 */
export class PushReader {
  readonly #deps: Deps
  readonly #onQueued: () => void
  readonly reader: LogReader

  constructor(deps: Deps, onQueued: () => void) {
    this.#deps = deps
    this.#onQueued = onQueued
    this.reader = deps.log.read(readerName, (rows, tx) => this.#handle(rows, tx), { gatherMs })
  }

  async #handle(rows: readonly LogRow[], tx: Tx): Promise<void> {
    if (!(await anyPusher(tx))) return
    const waiting = [...(await this.#ofEvents(rows, tx)), ...(await ofReceipts(rows, tx))]
    if (waiting.length === 0) return
    await putWaiting(tx, waiting, this.#deps.clock.nowMs())
    const last = rows.at(-1)?.position ?? 0
    void this.reader.reached(last).then(this.#onQueued)
  }

  async #ofEvents(rows: readonly LogRow[], tx: Tx): Promise<WaitingInsert[]> {
    const told = rows.filter((row) => row.kind === logKinds.event && row.reference !== null)
    const roomIds = [...new Set(told.flatMap((row) => row.roomId ?? []))]
    const listeners = Map.groupBy(roomIds.length === 0 ? [] : await listenersIn(tx, roomIds), (row) => row.roomId)
    const concerned = told.filter((row) => listeners.has(row.roomId ?? 0))
    const events = await this.#deps.reader.byIds(concerned.map((row) => row.reference ?? 0))
    const positions = new Map(concerned.map((row) => [row.reference, row.position]))
    const oldest = this.#deps.clock.nowMs() - limits.pushAgeMsMax
    const waiting: WaitingInsert[] = []
    for (const event of events) {
      const room = await this.#deps.rooms.readable(event.roomId)
      const position = positions.get(event.id)
      if (room === undefined || position === undefined || event.pdu.origin_server_ts < oldest) continue
      const pushers = await this.#concerned(room, event, listeners.get(event.roomId) ?? [])
      waiting.push(...pushers.map((pusherId) => ({ pusherId, position, eventId: event.id })))
    }
    return waiting
  }

  /** Pushers of those whom the event notifies. Whoever has the default rules is judged with all others who have them. */
  async #concerned(room: Room, event: StoredEvent, listeners: readonly ListenerRow[]): Promise<number[]> {
    const people = listeners.filter((one) => mayHear(one, event))
    if (people.length === 0) return []
    const rules = await this.#deps.peopleRules.ofAll(people)
    const notice = noticeOf(room, event.pdu)
    const pushers: number[] = []
    let asked = 0
    for (const person of people) {
      const own = rules.get(person.userId)
      if (own === undefined) continue
      if (!own.isDefault) asked += 1
      if (asked === peopleInOneGo) {
        asked = 0
        await nextTurn()
      }
      if (await notifies(this.#deps, own, room, event, notice)) pushers.push(person.pusherId)
    }
    return pushers
  }
}

/** Members hear of everything but their own words; who is invited hears of the invitation. */
function mayHear(listener: ListenerRow, event: StoredEvent): boolean {
  if (listener.userId === event.senderId) return false
  if (listener.membership === membershipCodes.join) return true
  return event.type === 'm.room.member' && event.stateKey === listener.matrixId
}

async function notifies(
  deps: Pick<Deps, 'reader'>,
  rules: RulesInForce,
  room: Room,
  event: StoredEvent,
  notice: Notice,
): Promise<boolean> {
  const { matrixId } = rules.person
  if (event.stateKey === matrixId && event.type === 'm.room.member') {
    return (await decisionFor(deps, rules, room, event)).notify
  }
  switch (rules.inRoom(room.matrixId)) {
    case 'default':
      return notice.counts || notice.calls || notice.mentions.includes(matrixId)
    case 'mentions':
      return notice.calls || notice.mentions.includes(matrixId)
    case 'silent':
      return false
    case 'own':
      return (await decisionFor(deps, rules, room, event)).notify
  }
}

/** What a person's rules say of one event, with all that they may ask for. */
export async function decisionFor(
  deps: Pick<Deps, 'reader'>,
  rules: RulesInForce,
  room: Room,
  event: StoredEvent,
): Promise<PushDecision> {
  const displayName = rules.asksForNames ? await displayNameOf(deps, room, rules.person.matrixId) : undefined
  return rules.decide(clientEvent(event), pushContext(room, event.sender, displayName))
}

/** Of several receipts of one person the last is enough. */
async function ofReceipts(rows: readonly LogRow[], tx: Tx): Promise<WaitingInsert[]> {
  const last = new Map<number, number>()
  for (const { kind, userId, position } of rows) {
    if (kind === logKinds.receipt && userId !== null) last.set(userId, position)
  }
  if (last.size === 0) return []
  const pushers = await pushersOf(tx, [...last.keys()])
  return pushers.map(({ id, userId }) => ({ pusherId: id, position: last.get(userId) ?? 0, eventId: null }))
}
