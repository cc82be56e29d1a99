/**
 * Hands over what was stored. Messages of one sender go one after another, urgent ones first, no faster than her bound;
 * whoever floods stands in nobody else's way. Receipts go many at a time beside them. What fails is tried again later and
 * later, and holds up nothing.
 */
import { type Clock, type Logger, limits, type Nodes, type Postgres, type Tx } from '#platform/api.ts'
import type { InboundMessage, Receipt, Receiver } from '../api.ts'
import type { Provider } from '../provider.ts'
import {
  type HookRow,
  lockDueReceipts,
  lockReceipt,
  markHanded,
  nextMessageTs,
  nextReceiptTs,
  postpone,
  waitingHook,
  waitingMessages,
} from '../store/hooks.ts'
import { leaseSenders, nextSenderTs, releaseSender, type SenderRow } from '../store/senders.ts'
import type { ChannelKeys } from './channel-keys.ts'
import { hookPurpose } from './hook-intake.ts'

export type HandOverDeps = {
  readonly postgres: Postgres
  readonly clock: Clock
  readonly logger: Logger
  readonly nodes: Pick<Nodes, 'id'>
  readonly keys: ChannelKeys
  readonly providers: ReadonlyMap<string, Provider>
  readonly count: (channelId: string, what: string) => void
}

/** Each waits mostly, for a file at the provider say. */
const sendersAtOnce = 16
const messagesPerTurn = 20
const receiptsAtOnce = 500
const receiptsGatherMs = 50
const leaseMs = 60_000
/** What other servers stored, and what they had begun when they died. */
const lookMs = 2_000
const retryFirstMs = 1_000
const retryMaxMs = 3_600_000
/** With the growing waits between them more than an hour: fates are looked up sooner. */
const unknownReceiptTriesMax = 7
/** Where others hand over it is looked so often whether they have. */
const urgentLookMs = 25

export class HandOver {
  readonly #deps: HandOverDeps
  readonly #channelIds: readonly string[]
  readonly #nudges = { messages: new Set<() => void>(), receipts: new Set<() => void>() }
  readonly #underWay = new Set<Promise<void>>()
  readonly #inHand = new Map<number, Promise<void>>()
  /** While this server hands over. */
  #running: { readonly receiver: Receiver; readonly signal: AbortSignal } | undefined

  constructor(deps: HandOverDeps) {
    this.#deps = deps
    this.#channelIds = [...deps.providers.keys()]
  }

  /** Something new waits. */
  wake({ messages, receipts } = { messages: true, receipts: true }): void {
    if (messages) for (const nudge of this.#nudges.messages) nudge()
    if (receipts) for (const nudge of this.#nudges.receipts) nudge()
  }

  /**
   * Hands one stored message over now, whoever serves its sender: a STOP waits for no server that may have died. False when it
   * could not be done in time; then it is done later, like any other.
   */
  async handNow(channelId: string, identityHash: Buffer): Promise<boolean> {
    const { postgres, clock } = this.#deps
    const untilMs = clock.nowMs() + limits.urgentHookMsMax
    for (let tries = 0; ; tries++) {
      const row = await waitingHook(postgres, channelId, identityHash)
      if (row === undefined) return true
      if (clock.nowMs() >= untilMs || (tries > 0 && this.#running !== undefined)) return false
      if (this.#running !== undefined) await this.#one(row, this.#running.receiver, this.#running.signal)
      // Another server does it.
      else await clock.sleep(urgentLookMs)
    }
  }

  async run(receiver: Receiver, signal: AbortSignal): Promise<void> {
    if (this.#channelIds.length === 0) return
    this.#running = { receiver, signal }
    signal.addEventListener('abort', () => {
      this.#running = undefined
    })
    await Promise.all([
      this.#repeat(
        'messages',
        signal,
        () => this.#messages(receiver, signal),
        () => nextSenderTs(this.#deps.postgres, this.#channelIds),
      ),
      this.#repeat(
        'receipts',
        signal,
        () => this.#receipts(receiver),
        () => nextReceiptTs(this.#deps.postgres, this.#channelIds),
      ),
    ])
    await Promise.all(this.#underWay)
  }

  /** `work` tells whether there may be more. */
  async #repeat(
    what: 'messages' | 'receipts',
    signal: AbortSignal,
    work: () => Promise<boolean>,
    next: () => Promise<number | undefined>,
  ): Promise<void> {
    const { clock, logger } = this.#deps
    const nudges = this.#nudges[what]
    while (!signal.aborted) {
      let isWoken = false
      const over = new AbortController()
      // Heard from before the table is read, so that nothing falls between.
      const nudge = () => {
        isWoken = true
        over.abort()
      }
      nudges.add(nudge)
      try {
        if (await work()) continue
        const untilNext = ((await next()) ?? Number.POSITIVE_INFINITY) - clock.nowMs()
        if (!isWoken) await sleep(clock, Math.max(5, Math.min(lookMs, untilNext)), [signal, over.signal])
        // Nobody waits for a receipt, and a hundred at once cost little more than one.
        if (isWoken && what === 'receipts') await sleep(clock, receiptsGatherMs, [signal])
      } catch (error) {
        if (!signal.aborted) logger.warn('channels.look_failed', { error })
        await sleep(clock, lookMs, [signal])
      } finally {
        nudges.delete(nudge)
      }
    }
  }

  /** Begins to serve as many senders as there is room for; a slow one takes its place and no more. */
  async #messages(receiver: Receiver, signal: AbortSignal): Promise<boolean> {
    const { postgres, clock, logger, nodes } = this.#deps
    const limit = sendersAtOnce - this.#underWay.size
    if (limit === 0) {
      await Promise.race(this.#underWay)
      return true
    }
    const nowTs = clock.nowMs()
    const wanted = { nowTs, untilTs: nowTs + leaseMs, limit, channelIds: this.#channelIds, node: nodes.id }
    const senders = await leaseSenders(postgres, wanted)
    for (const sender of senders) {
      const serving = this.#serve(sender, receiver, signal)
        .catch((error) => logger.warn('channels.hand_over_failed', { error }))
        .finally(() => {
          this.#underWay.delete(serving)
          this.wake({ messages: true, receipts: false })
        })
      this.#underWay.add(serving)
    }
    return senders.length === limit
  }

  async #serve(sender: SenderRow, receiver: Receiver, signal: AbortSignal): Promise<void> {
    const { postgres, clock } = this.#deps
    const burstMs = (limits.inboundBurst - 1) * limits.inboundPaceMs
    let { fullTs } = sender
    const waiting = await waitingMessages(postgres, sender, { nowTs: clock.nowMs(), limit: messagesPerTurn })
    for (const row of waiting) {
      if (signal.aborted) break
      if (!row.isUrgent && fullTs - clock.nowMs() > burstMs) break
      fullTs = Math.max(fullTs, clock.nowMs()) + limits.inboundPaceMs
      // The door may have seen to it meanwhile.
      const isDone = row.isUrgent && (await waitingHook(postgres, row.channelId, row.identityHash)) === undefined
      if (!isDone) await this.#one(row, receiver, signal)
    }
    const nowTs = clock.nowMs()
    const dueTs = await nextMessageTs(postgres, sender)
    const nextTs = dueTs === undefined ? undefined : Math.max(dueTs, fullTs - burstMs)
    await releaseSender(postgres, sender, { fullTs, nowTs, nextTs })
  }

  /** Whoever comes while it is in hand waits for that. */
  #one(row: HookRow, receiver: Receiver, signal: AbortSignal): Promise<void> {
    const known = this.#inHand.get(row.id)
    if (known !== undefined) return known
    const work = this.#hand(row, receiver, signal).finally(() => this.#inHand.delete(row.id))
    this.#inHand.set(row.id, work)
    return work
  }

  async #hand(row: HookRow, receiver: Receiver, signal: AbortSignal): Promise<void> {
    const { postgres, clock } = this.#deps
    try {
      await receiver.message(await this.#open(row, signal))
      await markHanded(postgres, [row.id], clock.nowMs())
    } catch (error) {
      if (!signal.aborted) await this.#postpone(row, error)
    }
  }

  async #open(row: HookRow, signal: AbortSignal): Promise<InboundMessage> {
    const provider = this.#deps.providers.get(row.channelId)
    const payload = await this.#payload(row)
    const message = await provider!.reader!.message(payload, { signal, attempt: row.attempts + 1 })
    const { channelId, id, receivedTs } = row
    return { id, channelId, kind: provider!.channel.kind, receivedMs: receivedTs, ...message }
  }

  async #payload(row: HookRow): Promise<Buffer> {
    const key = await this.#deps.keys.byId(row.keyId)
    return key.open(hookPurpose, row.identityHash.toString('hex'), row.sealed)
  }

  /** Locked, not leased: the locks go with the transaction, also when this server dies. */
  async #receipts(receiver: Receiver): Promise<boolean> {
    const { postgres, clock } = this.#deps
    let rows: HookRow[] = []
    try {
      await postgres.transaction(async (tx) => {
        const wanted = { nowTs: clock.nowMs(), limit: receiptsAtOnce, channelIds: this.#channelIds }
        rows = await lockDueReceipts(tx, wanted)
        if (rows.length === 0) return
        await this.#handReceipts(tx, rows, receiver)
      })
    } catch (error) {
      if (rows.length === 0) throw error
      // One of them may be at fault, and then the others must not wait for it.
      for (const { id } of rows) await this.#oneReceipt(id, receiver)
    }
    return rows.length === receiptsAtOnce
  }

  /** What is of a message that nobody knows yet waits, for as long as a look-up may tell whose it is. */
  async #handReceipts(tx: Tx, rows: readonly HookRow[], receiver: Receiver): Promise<void> {
    const read = await Promise.all(rows.map(async (row) => ({ row, told: await this.#receiptsIn(row) })))
    const unknown = new Set(await receiver.receipts(read.flatMap(({ told }) => told)))
    const nowMs = this.#deps.clock.nowMs()
    const isEarly = ({ row, told }: (typeof read)[number]) =>
      row.attempts < unknownReceiptTriesMax && told.some((one) => unknown.has(one))
    for (const { row } of read.filter(isEarly)) await postpone(tx, row.id, nowMs + retryDelayMs(row), null)
    const handed = read.filter((one) => !isEarly(one)).map(({ row }) => row.id)
    if (handed.length > 0) await markHanded(tx, handed, nowMs)
  }

  async #oneReceipt(id: number, receiver: Receiver): Promise<void> {
    const { postgres } = this.#deps
    await postgres.transaction(async (tx) => {
      const row = await lockReceipt(tx, id)
      if (row === undefined) return
      try {
        await this.#handReceipts(tx, [row], receiver)
      } catch (error) {
        await this.#postpone(row, error, tx)
      }
    })
  }

  async #receiptsIn(row: HookRow): Promise<readonly Receipt[]> {
    return this.#deps.providers.get(row.channelId)!.reader!.receipts(await this.#payload(row), row.receivedTs)
  }

  async #postpone(
    row: HookRow,
    error: unknown,
    db: Parameters<typeof postpone>[0] = this.#deps.postgres,
  ): Promise<void> {
    const { clock, logger, count } = this.#deps
    const isLast = row.attempts + 1 >= limits.hookAttemptsMax
    const nowMs = clock.nowMs()
    await postpone(db, row.id, nowMs + retryDelayMs(row), isLast ? nowMs : null)
    if (isLast) count(row.channelId, 'given_up')
    const detail = isLast ? 'It is not tried again, and kept for a person to look at.' : 'It is tried again later.'
    logger.warn('channels.not_handed_over', { id: row.id, attempt: row.attempts + 1, detail, error })
  }
}

const retryDelayMs = ({ attempts }: HookRow) => Math.min(retryMaxMs, retryFirstMs * 4 ** Math.min(attempts, 10))

async function sleep(clock: Clock, ms: number, signals: readonly AbortSignal[]): Promise<void> {
  await clock.sleep(ms, AbortSignal.any([...signals])).catch(() => undefined)
}
