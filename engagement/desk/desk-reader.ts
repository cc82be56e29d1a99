import type { ServiceRooms, StoredEvent } from '#messaging/api.ts'
import { type Clock, type Db, type Log, type LogReader, type LogRow, logKinds, type Tx } from '#platform/api.ts'
import {
  type ConversationRow,
  conversationAnswered,
  conversationHeard,
  conversationRowsByEitherRoom,
  setConversationAssignee,
  setConversationState,
} from '../store/conversations.ts'
import { type DeskTaskInsert, putDeskTasks } from '../store/desk-tasks.ts'
import { isCommand } from './commands.ts'
import { isEdit, isForCitizen, isStaffId } from './leaving.ts'
import { deskName, stateTypes } from './room-shapes.ts'

/** What is done about what was read; `desk-worker.ts` does it. */
export type DeskWork = 'settle' | 'command' | 'edited' | 'redacted' | 'staff'

type Users = { byMatrixId(matrixId: string): Promise<{ readonly id: number } | undefined> }
type Deps = { log: Pick<Log, 'read'>; service: Pick<ServiceRooms, 'events' | 'keepFiles'>; users: Users; clock: Clock }

/** The name under which the position is stored. Another name would begin at position 0 again. */
const readerName = 'desk'

/**
 * Reads the log for what happens in conversations, whatever client it was done with: keeps lists of them true, and notes what is
 * to be done about it. Both are one transaction with the position.
 */
export class DeskReader {
  readonly #deps: Deps
  readonly #onTasks: () => void
  readonly reader: LogReader

  constructor(deps: Deps, onTasks: () => void) {
    this.#deps = deps
    this.#onTasks = onTasks
    this.reader = deps.log.read(readerName, (rows, tx) => this.#handle(rows, tx))
  }

  async #handle(rows: readonly LogRow[], tx: Tx): Promise<void> {
    const tasks: DeskTaskInsert[] = staffTasks(rows)
    const told = rows.filter((row) => row.kind === logKinds.event)
    const roomIds = [...new Set(told.flatMap((row) => row.roomId ?? []))]
    const concerned = roomIds.length === 0 ? [] : await conversationRowsByEitherRoom(tx, roomIds)
    const byRoom = new Map(concerned.flatMap((row) => [[row.roomId, row] as const, [row.notesRoomId, row] as const]))
    const ids = told.flatMap((row) => (byRoom.has(row.roomId ?? 0) ? (row.reference ?? []) : []))
    for (const event of ids.length === 0 ? [] : await this.#deps.service.events(ids)) {
      const row = byRoom.get(event.roomId)
      if (row !== undefined) tasks.push(...(await this.#read(tx, row, event)))
    }
    if (tasks.length === 0) return
    await putDeskTasks(tx, distinct(tasks), this.#deps.clock.nowMs())
    const last = rows.at(-1)?.position ?? 0
    void this.reader.reached(last).then(this.#onTasks)
  }

  async #read(tx: Tx, row: ConversationRow, event: StoredEvent): Promise<DeskTaskInsert[]> {
    const settle = { what: 'settle' satisfies DeskWork, subjectId: row.id }
    if (event.type === 'm.room.member') return isStaffId(event.stateKey ?? '') ? [settle] : []
    if (event.type === 'm.room.message') await this.#deps.service.keepFiles(tx, event)
    if (event.roomId === row.notesRoomId) return []
    if (event.stateKey !== undefined) {
      await this.#repeatState(tx, row, event)
      return event.type === stateTypes.conversation ? [settle] : []
    }
    const about = (what: DeskWork) => ({ what, subjectId: row.id, eventId: event.id })
    const isByStaff = isStaffId(event.sender)
    if (event.type === 'm.room.redaction') return isByStaff ? [about('redacted')] : []
    if (event.type !== 'm.room.message' || event.isRedacted) return []
    if (event.sender === row.citizenMatrixId) {
      await conversationHeard(tx, row.id, { ts: event.pdu.origin_server_ts })
      return row.state === 'open' ? [] : [settle]
    }
    if (!isByStaff) return []
    if (isCommand(event.content)) return [about('command')]
    if (isForCitizen(event)) await conversationAnswered(tx, row.id, event.pdu.origin_server_ts)
    return isEdit(event.content) ? [about('edited')] : []
  }

  /** What the room says of state and leader stands in the row as well; who wrote it last is known by its place. */
  async #repeatState(tx: Db, row: ConversationRow, event: StoredEvent): Promise<void> {
    if (!event.sender.startsWith(`@${deskName}:`)) return
    const { ordering, pdu, content } = event
    const at = [ordering, pdu.origin_server_ts] as const
    if (event.type === stateTypes.conversation && typeof content.state === 'string') {
      await setConversationState(tx, row.roomId, content.state, ...at)
    }
    if (event.type !== stateTypes.assignment) return
    const leader = typeof content.user_id === 'string' ? await this.#deps.users.byMatrixId(content.user_id) : undefined
    await setConversationAssignee(tx, row.roomId, leader?.id, ...at)
  }
}

/** An agency's staff has changed: its queues' members are to follow. */
function staffTasks(rows: readonly LogRow[]): DeskTaskInsert[] {
  return rows.flatMap(({ kind, reference }) =>
    (kind === logKinds.staffJoined || kind === logKinds.staffLeft) && reference !== null
      ? [{ what: 'staff' satisfies DeskWork, subjectId: reference }]
      : [],
  )
}

/** One statement cannot touch a row twice. */
function distinct(tasks: readonly DeskTaskInsert[]): DeskTaskInsert[] {
  return [...new Map(tasks.map((task) => [`${task.what} ${task.subjectId} ${task.eventId ?? 0}`, task])).values()]
}
