/**
 * The newest part of the log in memory, opened and ready to be told to clients. It follows the log: what this node wrote
 * arrives with its facts and is taken in at once; what another node wrote is read and opened first, in order.
 */
import type { Membership } from '#access/api.ts'
import type { Users } from '#identity/api.ts'
import { type JsonObject, redactsOf } from '#matrix/api.ts'
import { type LogFollower, type Logger, type LogKind, type LogRow, limits, logKinds } from '#platform/api.ts'
import type { EventReader } from '../events/event-reader.ts'
import type { StoredEvent } from '../events/stored-event.ts'

export type Receipt = {
  readonly type: string
  readonly thread: string
  readonly eventId: string
  readonly ordering: number
  readonly ts: number
  readonly matrixId: string
}
export type AccountDatum = { readonly type: string; readonly content: JsonObject }

type Unweighed = {
  readonly position: number
  readonly roomId: number | null
  readonly userId: number | null
} & (
  | { readonly kind: 'event'; readonly event: StoredEvent }
  | { readonly kind: 'receipt'; readonly receipt: Receipt }
  | { readonly kind: 'accountData'; readonly datum: AccountDatum }
  /** Something waits for a device of the person. */
  | { readonly kind: 'toDevice' }
  /** The person's devices or identity changed; `onlyFor` is the one person who is told, where not everybody is. */
  | { readonly kind: 'deviceList'; readonly onlyFor: number | null }
  | { readonly kind: 'profile' }
  | { readonly kind: 'threadSubscription' }
  | { readonly kind: 'erasure' }
  | { readonly kind: 'other' }
)

/** `bytes` is about what it takes in memory. */
export type TailEntry = Unweighed & { readonly bytes: number }

/** Reads back what another node wrote. Undefined when the row is gone since. */
export interface FactReaders {
  receipt(id: number): Promise<Receipt | undefined>
  accountDatum(id: number): Promise<AccountDatum | undefined>
}

export interface TailListener {
  /** Consecutive entries, after their commit. `foreign` says that another node wrote them. */
  onEntries(entries: readonly TailEntry[], foreign: boolean): void
}

/** How far it may outgrow its bounds before it is shortened. */
const slack = 1.25
/** An entry that is no event. */
const entryBytes = 400

type Deps = { users: Users; reader: EventReader; facts: FactReaders; logger: Logger }

export class Tail implements LogFollower {
  readonly #deps: Deps
  readonly #listeners: TailListener[] = []
  #entries: TailEntry[] = []
  #bytes = 0
  #start: number
  #end: number
  #behind: Promise<void> | undefined
  #awaited: { position: number; resolve: () => void }[] = []
  #queue: { rows: readonly LogRow[]; facts: ReadonlyMap<number, unknown> }[] = []

  constructor(deps: Deps, position: number) {
    this.#deps = deps
    this.#start = position
    this.#end = position
  }

  /** The position that clients may be given as token: everything up to it is in memory or older. */
  get position(): number {
    return this.#end
  }

  /** Whether everything after `position` is in memory. */
  reaches(position: number): boolean {
    return position >= this.#start
  }

  /** Resolves when everything up to `position` is in. The log must have told of it, or be about to. */
  reached(position: number): Promise<void> {
    if (position <= this.#end) return Promise.resolve()
    return new Promise((resolve) => {
      this.#awaited.push({ position, resolve })
    })
  }

  listen(listener: TailListener): void {
    this.#listeners.push(listener)
  }

  /** Entries after `position`, oldest first. Only meaningful where `reaches(position)`. */
  after(position: number): readonly TailEntry[] {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#entries[middle]?.position ?? 0) > position) high = middle
      else low = middle + 1
    }
    return low === 0 ? this.#entries : this.#entries.slice(low)
  }

  deliver(rows: readonly LogRow[], facts: ReadonlyMap<number, unknown>): void {
    if (this.#behind === undefined && rows.every((row) => isWhole(row, facts))) {
      this.#take(
        rows.map((row) => entryOf(row, facts.get(row.position))),
        false,
      )
      return
    }
    this.#queue.push({ rows, facts })
    this.#behind ??= this.#catchUp()
  }

  async #catchUp(): Promise<void> {
    for (;;) {
      const next = this.#queue.shift()
      if (next === undefined) {
        // At once, not when the promise settles: what is delivered in between would wait here and be overtaken.
        this.#behind = undefined
        return
      }
      const foreign = !next.rows.every((row) => isWhole(row, next.facts))
      this.#take(await this.#open(next.rows, next.facts), foreign)
    }
  }

  async #open(rows: readonly LogRow[], facts: ReadonlyMap<number, unknown>): Promise<TailEntry[]> {
    for (;;) {
      try {
        const missing = rows.filter((row) => row.kind === logKinds.event && !facts.has(row.position))
        const events = await this.#deps.reader.byIds(missing.map((row) => row.reference ?? 0))
        await this.#nameTargets(events)
        await this.#redact(events)
        const byId = new Map(events.map((event) => [event.id, event]))
        return await Promise.all(
          rows.map(async (row) => entryOf(row, facts.get(row.position) ?? (await this.#factOf(row, byId)))),
        )
      } catch (error) {
        this.#deps.logger.warn('tail.open_failed', { error })
        await new Promise((resolve) => setTimeout(resolve, 500))
      }
    }
  }

  async #nameTargets(events: readonly StoredEvent[]): Promise<void> {
    const members = events.filter((event) => membershipSetBy(event) !== undefined)
    if (members.length === 0) return
    const people = await this.#deps.users.byMatrixIds(members.map((event) => event.stateKey ?? ''))
    for (const event of members) event.targetId = people.get(event.stateKey ?? '')?.id
  }

  /** What another node redacted may lie here, whole, in memory. */
  async #redact(events: readonly StoredEvent[]): Promise<void> {
    const redactions = events.filter((event) => event.type === 'm.room.redaction')
    for (const event of redactions) {
      const redacted = redactsOf(event.pdu, event.version)
      if (redacted === undefined) continue
      const target = await this.#deps.reader.ofRoomId(event.roomId, redacted)
      const after = target?.stateKey === undefined ? undefined : await this.#deps.reader.successor(target)
      // What a redaction had redacted repeats its reason.
      const before = target?.type === 'm.room.redaction' ? redactsOf(target.pdu, target.version) : undefined
      await this.#deps.reader.refresh([redacted, after?.matrixId, before].filter((id) => id !== undefined))
    }
  }

  #factOf(row: LogRow, events: ReadonlyMap<number, StoredEvent>): unknown {
    if (row.reference === null) return undefined
    if (row.kind === logKinds.event) return events.get(row.reference)
    if (row.kind === logKinds.receipt) return this.#deps.facts.receipt(row.reference)
    if (row.kind === logKinds.accountData) return this.#deps.facts.accountDatum(row.reference)
    return undefined
  }

  /** Now and then, for many at once. */
  #shorten(): void {
    const { tailEntriesMax, tailBytesMax } = limits
    if (this.#entries.length <= tailEntriesMax * slack && this.#bytes <= tailBytesMax * slack) return
    let gone = 0
    while (this.#entries.length - gone > tailEntriesMax || this.#bytes > tailBytesMax) {
      const entry = this.#entries[gone]
      if (entry === undefined) break
      this.#bytes -= entry.bytes
      this.#start = entry.position
      gone += 1
    }
    this.#entries = this.#entries.slice(gone)
  }

  #take(entries: readonly TailEntry[], foreign: boolean): void {
    const last = entries.at(-1)
    if (last === undefined) return
    for (const entry of entries) {
      this.#entries.push(entry)
      this.#bytes += entry.bytes
      if (entry.kind === 'event') this.#deps.reader.remember(entry.event)
    }
    this.#end = last.position
    this.#shorten()
    for (const listener of this.#listeners) listener.onEntries(entries, foreign)
    const ready = this.#awaited.filter((wait) => wait.position <= this.#end)
    if (ready.length === 0) return
    this.#awaited = this.#awaited.filter((wait) => wait.position > this.#end)
    for (const wait of ready) wait.resolve()
  }
}

/** About what an entry takes in memory. */
function bytesOf(entry: Unweighed): number {
  if (entry.kind === 'event') return entryBytes + entry.event.bytes
  return entry.kind === 'accountData' ? entryBytes + 2 * JSON.stringify(entry.datum.content).length : entryBytes
}

const wholeKinds: ReadonlySet<LogKind> = new Set([
  logKinds.toDevice,
  logKinds.deviceList,
  logKinds.profile,
  logKinds.threadSubscription,
  logKinds.sessionEnded,
  logKinds.sessionChanged,
  logKinds.staffJoined,
  logKinds.staffLeft,
  logKinds.erasure,
])

/** Whether the row and what its writer told of it say all that there is to say. */
function isWhole(row: LogRow, facts: ReadonlyMap<number, unknown>): boolean {
  return wholeKinds.has(row.kind) || facts.has(row.position)
}

function entryOf(row: LogRow, fact: unknown): TailEntry {
  const entry = unweighedOf(row, fact)
  return { ...entry, bytes: bytesOf(entry) }
}

function unweighedOf(row: LogRow, fact: unknown): Unweighed {
  const { position, roomId, userId } = row
  if (row.kind === logKinds.toDevice) return { kind: 'toDevice', position, roomId, userId }
  if (row.kind === logKinds.profile) return { kind: 'profile', position, roomId, userId }
  if (row.kind === logKinds.threadSubscription) return { kind: 'threadSubscription', position, roomId, userId }
  if (row.kind === logKinds.erasure) return { kind: 'erasure', position, roomId, userId }
  if (row.kind === logKinds.deviceList) return { kind: 'deviceList', position, roomId, userId, onlyFor: row.reference }
  if (fact !== undefined) {
    if (row.kind === logKinds.event) return { kind: 'event', position, roomId, userId, event: fact as StoredEvent }
    if (row.kind === logKinds.receipt) return { kind: 'receipt', position, roomId, userId, receipt: fact as Receipt }
    if (row.kind === logKinds.accountData) {
      return { kind: 'accountData', position, roomId, userId, datum: fact as AccountDatum }
    }
  }
  return { kind: 'other', position, roomId, userId }
}

/** The membership that an event sets, when it is a member event. */
export function membershipSetBy(event: StoredEvent): { matrixId: string; membership: Membership } | undefined {
  if (event.type !== 'm.room.member' || event.stateKey === undefined) return undefined
  const { membership } = event.content
  if (typeof membership !== 'string') return undefined
  return { matrixId: event.stateKey, membership: membership as Membership }
}
