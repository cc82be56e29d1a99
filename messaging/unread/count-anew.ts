import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Db, limits } from '#platform/api.ts'
import type { EventReader } from '../events/event-reader.ts'
import { noticeOf } from '../events/notice.ts'
import { mainThread, threadOf } from '../events/thread-of.ts'
import type { RulesInForce } from '../push/rules-in-force.ts'
import type { Room } from '../rooms/room.ts'
import { unreadEventRows } from '../store/events.ts'
import { mentionsAbove } from '../store/mentions.ts'
import { countsInMain, countsInThreads } from '../store/unread.ts'
import { placeInThread, type ReadPosition, readPositions } from './read-positions.ts'
import { ReadState } from './read-state.ts'

type Deps = { db: Db; reader: EventReader }

/** After so many events put to somebody's rules, others have a turn. */
const eventsInOneGo = 100

/**
 * What a person has not read of rooms, from the database. Under the default rules that is a difference of running counts;
 * where she has rules of her own, each of the newest events is put to them.
 */
export async function countAnew(
  deps: Deps,
  rules: RulesInForce,
  rooms: readonly Room[],
): Promise<Map<number, ReadState>> {
  const byId = new Map(rooms.map((room) => [room.id, room]))
  const positions = await readPositions(deps.db, rules.person.userId, [...byId.keys()])
  const states = new Map<number, ReadState>()
  const counted: { position: ReadPosition; state: ReadState }[] = []
  for (const position of positions) {
    const room = byId.get(position.roomId)
    if (room === undefined) continue
    const rulesClass = rules.inRoom(room.matrixId)
    const isOwn = rulesClass === 'own'
    const displayName = isOwn ? await displayNameOf(deps, room, rules.person.matrixId) : undefined
    const state = new ReadState(rules, rulesClass, position.upTo, displayName)
    states.set(room.id, state)
    if (isOwn) await putEachToRules(deps, room, rules, position, state)
    if (rulesClass === 'default' || rulesClass === 'mentions') counted.push({ position, state })
  }
  if (counted.length > 0) await addDifferences(deps.db, rules, byId, counted)
  return states
}

async function addDifferences(
  db: Db,
  rules: RulesInForce,
  rooms: ReadonlyMap<number, Room>,
  counted: readonly { position: ReadPosition; state: ReadState }[],
): Promise<void> {
  const byRoom = new Map(counted.map((one) => [one.position.roomId, one]))
  const spansFrom = (after: (position: ReadPosition) => number) =>
    counted.map(({ position }) => ({ roomId: position.roomId, after: after(position), upTo: position.upTo }))
  const above = counted.flatMap(({ position: { roomId, threads } }) =>
    [...threads].map(([thread, ordering]) => ({ roomId, thread, ordering })),
  )
  const everything = spansFrom((position) => position.everywhere)
  const [main, threads, mentions] = await Promise.all([
    countsInMain(
      db,
      spansFrom((position) => position.main),
    ),
    countsInThreads(db, everything, above),
    mentionsAbove(db, rules.person.userId, everything),
  ])
  const takesAll = (roomId: number) => rules.inRoom(rooms.get(roomId)?.matrixId ?? '') === 'default'
  for (const { roomId, count } of main) if (takesAll(roomId)) byRoom.get(roomId)?.state.add(mainThread, count, 0)
  for (const { roomId, thread, count } of threads) {
    if (takesAll(roomId)) byRoom.get(roomId)?.state.add(thread, count, 0)
  }
  for (const { roomId, ordering, thread, isExtra } of mentions) {
    const one = byRoom.get(roomId)
    if (one === undefined || ordering <= placeInThread(one.position, thread)) continue
    one.state.add(thread, isExtra || !takesAll(roomId) ? 1 : 0, 1)
  }
}

/** The newest of what she has not read; whatever lies behind so much is not counted. */
async function putEachToRules(
  deps: Deps,
  room: Room,
  rules: RulesInForce,
  position: ReadPosition,
  state: ReadState,
): Promise<void> {
  const { main, everywhere, upTo } = position
  const span = { after: main, threadsAfter: everywhere, upTo, limit: limits.ownRulesEventsMax }
  const rows = await unreadEventRows(deps.db, room.id, span)
  for (let start = 0; start < rows.length; start += eventsInOneGo) {
    if (start > 0) await nextTurn()
    for (const event of await deps.reader.open(rows.slice(start, start + eventsInOneGo))) {
      if (event.senderId === rules.person.userId || event.isRedacted) continue
      const { counts, calls, mentions } = noticeOf(room, event.pdu)
      const highlights = calls || mentions.includes(rules.person.matrixId)
      const { notify, highlight } = state.judge(room, event, { counts, highlights })
      if (!notify) continue
      const thread = await threadOf(deps, room, event)
      if (event.ordering > placeInThread(position, thread)) state.add(thread, 1, highlight ? 1 : 0)
    }
  }
}

export async function displayNameOf(
  deps: Pick<Deps, 'reader'>,
  room: Room,
  matrixId: string,
): Promise<string | undefined> {
  const member = room.member(matrixId)
  if (member === undefined) return undefined
  const content = member.content ?? (await deps.reader.byIds([member.internalId]))[0]?.content
  return typeof content?.displayname === 'string' ? content.displayname : undefined
}
