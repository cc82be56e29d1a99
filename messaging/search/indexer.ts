import { setImmediate as nextTurn } from 'node:timers/promises'
import { redactsOf } from '#matrix/api.ts'
import {
  type Db,
  type Log,
  type Logger,
  type LogReader,
  type LogRow,
  limits,
  logKinds,
  type Tx,
} from '#platform/api.ts'
import { newestEdits } from '../events/aggregations.ts'
import type { EventReader } from '../events/event-reader.ts'
import { relationOf, StoredEvent } from '../events/stored-event.ts'
import { everything } from '../events/visibility.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import {
  type EventRow,
  eventRowByMatrixId,
  eventRowsByIds,
  eventRowsByMatrixIds,
  positionsOfEvents,
} from '../store/events.ts'
import { encryptedSince, putWords, removeWords, type WordsRow } from '../store/message-words.ts'
import { isSearchable, searchableText } from './searchable.ts'
import { wordHashes } from './word-hashes.ts'
import { wordsOf } from './words.ts'

type Deps = {
  db: Db
  log: Pick<Log, 'read'>
  reader: EventReader
  rooms: Pick<RoomCache, 'identities'>
  logger: Logger
}

const readerName = 'search'
/** Search may be late by so long; in return a room full of talk costs a transaction now and then, and not one a message. */
const gatherMs = 200
/** Others are answered in between. */
const turnMs = 8
/** Words in one statement: they are written out as text, which takes about 5 ms. */
const wordsAtOnce = 20_000

/** `edited`: ids of messages, each with the room of the edit. */
type Changes = {
  readonly words: Map<number, WordsRow>
  readonly gone: Set<number>
  readonly edited: Map<string, number>
}

/**
 * The reader of the log that keeps `message_words`. What it writes follows from what an event says now, so that reading the log
 * again writes the same. A message that cannot be read is passed over, and reported; it stops nobody.
 */
export class SearchIndexer {
  readonly #deps: Deps
  readonly reader: LogReader

  constructor(deps: Deps) {
    this.#deps = deps
    this.reader = deps.log.read(readerName, (rows, tx) => this.#handle(rows, tx), { gatherMs })
  }

  async #handle(rows: readonly LogRow[], tx: Tx): Promise<void> {
    const positions = new Map<number, number>()
    for (const row of rows) {
      if (row.kind === logKinds.event && row.reference !== null) positions.set(row.reference, row.position)
    }
    if (positions.size === 0) return
    const mayBeSearched = (await this.#events([...positions.keys()])).filter(
      ({ type }) => isSearchable(type) || type === 'm.room.redaction',
    )
    if (mayBeSearched.length === 0) return
    const encrypted = await encryptedSince(this.#deps.db, [...new Set(mayBeSearched.map((one) => one.roomId))])
    const changes: Changes = { words: new Map(), gone: new Set(), edited: new Map() }
    let startMs = performance.now()
    for (const one of mayBeSearched) {
      const position = positions.get(one.id) ?? 0
      if (position >= (encrypted.get(one.roomId) ?? Number.POSITIVE_INFINITY) && one.type !== 'm.room.redaction')
        continue
      try {
        await this.#add(changes, one, position)
      } catch (error) {
        if ((error as { isConnectionLost?: boolean }).isConnectionLost === true) throw error
        this.#deps.logger.warn('search.event_passed_over', { room: one.roomId, event: one.id, error })
      }
      if (performance.now() - startMs < turnMs) continue
      await nextTurn()
      startMs = performance.now()
    }
    await this.#addEdited(changes)
    if (changes.gone.size > 0) await removeWords(tx, [...changes.gone])
    for (const some of inParts([...changes.words.values()])) {
      await putWords(tx, some)
      await nextTurn()
    }
  }

  /** What was said on this node a moment ago is in memory, open; of what is not, only what may be searched is opened, later. */
  async #events(ids: readonly number[]): Promise<(StoredEvent | EventRow)[]> {
    const { db, reader } = this.#deps
    const known = ids.flatMap((id) => reader.peek(id) ?? [])
    const missing = known.length === ids.length ? [] : ids.filter((id) => reader.peek(id) === undefined)
    return [...known, ...(missing.length === 0 ? [] : await eventRowsByIds(db, missing))]
  }

  async #add(changes: Changes, one: StoredEvent | EventRow, position: number): Promise<void> {
    const [event] = one instanceof StoredEvent ? [one] : await this.#deps.reader.open([one])
    if (event === undefined) return
    if (event.type === 'm.room.redaction') return this.#redacted(changes, event)
    const relation = relationOf(event.content)
    // An edit of it has a row of its own, later in the log.
    if (relation?.type !== 'm.replace') await this.#put(changes, event, undefined, position)
    else changes.edited.set(relation.target, event.roomId)
  }

  async #redacted(changes: Changes, redaction: StoredEvent): Promise<void> {
    const target = redactsOf(redaction.pdu, redaction.version)
    const redacted = target === undefined ? undefined : await eventRowByMatrixId(this.#deps.db, target)
    if (redacted === undefined || redacted.roomId !== redaction.roomId) return
    if (redacted.relation === 'm.replace' && redacted.relatesTo !== null) {
      changes.edited.set(redacted.relatesTo, redaction.roomId)
      return
    }
    changes.gone.add(redacted.id)
    changes.words.delete(redacted.id)
  }

  /** Edits came or went: the words of the messages that they belong to, each looked at once. */
  async #addEdited(changes: Changes): Promise<void> {
    const { db, reader } = this.#deps
    const ids = [...changes.edited.keys()]
    if (ids.length === 0) return
    const rows = (await eventRowsByMatrixIds(db, ids)).filter(
      (row) => isSearchable(row.type) && row.redactedBy === null && changes.edited.get(row.matrixId) === row.roomId,
    )
    const edits = await newestEdits({ db, reader, visibility: everything }, ids)
    const positions = await positionsOfEvents(
      db,
      rows.map((row) => row.id),
    )
    for (const event of await reader.open(rows)) {
      const position = positions.get(event.id)
      if (position !== undefined) await this.#put(changes, event, edits.get(event.matrixId), position)
    }
  }

  async #put(changes: Changes, event: StoredEvent, edit: StoredEvent | undefined, position: number): Promise<void> {
    const room = (await this.#deps.rooms.identities([event.roomId])).get(event.roomId)
    if (room === undefined || event.isRedacted) return
    const words = wordHashes(room.key, wordsOf(searchableText(event, edit), limits.searchWordsMax))
    if (words.length > 0) {
      changes.words.set(event.id, { eventId: event.id, roomId: event.roomId, position, words })
      changes.gone.delete(event.id)
    } else changes.gone.add(event.id)
  }
}

function inParts(rows: readonly WordsRow[]): WordsRow[][] {
  const parts: WordsRow[][] = []
  let words = wordsAtOnce
  for (const row of rows) {
    if (words >= wordsAtOnce) {
      parts.push([])
      words = 0
    }
    parts.at(-1)?.push(row)
    words += row.words.length
  }
  return parts
}
