/**
 * A citizen is erased: what came from her is gone here at once, and providers are asked until they have deleted their copies of
 * what went both ways.
 */
import type { Clock, Logger, Postgres, Tx, Vault } from '#platform/api.ts'
import type { ForgetWish } from '../api.ts'
import type { Provider } from '../provider.ts'
import { deleteForget, type ForgetRow, insertForgets, postponeForget, takeForgets } from '../store/forgets.ts'
import { forgetHooksOfSender, type HookOfSender, lockHooksOfSender } from '../store/hooks.ts'
import { deleteSender } from '../store/senders.ts'
import type { ChannelKeys } from './channel-keys.ts'
import { hookPurpose, senderHashOf } from './hook-intake.ts'

export type ForgettingDeps = {
  readonly postgres: Postgres
  readonly vault: Pick<Vault, 'lookupHash'>
  readonly clock: Clock
  readonly logger: Logger
  readonly keys: Pick<ChannelKeys, 'byId'>
  readonly providers: ReadonlyMap<string, Provider>
  readonly count: (channelId: string, what: string) => void
}

const lookMs = 5_000
const atOnce = 20
const leaseMs = 60_000
/** A provider that deletes nothing before a message has come to its end is asked again: at first soon, then daily for a month. */
const againFirstMs = 10_000
const againMaxMs = 24 * 3_600_000
const triesMax = 45

export class Forgetting {
  readonly #deps: ForgettingDeps
  readonly #channelIds: readonly string[]

  constructor(deps: ForgettingDeps) {
    this.#deps = deps
    this.#channelIds = [...deps.providers].flatMap(([id, { channel }]) => (channel.forget === undefined ? [] : [id]))
  }

  /** In the transaction of the erasure. */
  async forget(tx: Tx, { addresses, sent }: ForgetWish): Promise<void> {
    const { providers, vault, clock } = this.#deps
    const nowTs = clock.nowMs()
    const references = [...sent]
    for (const [channelId, provider] of providers) {
      for (const { kind, value } of addresses) {
        if (kind !== provider.channel.kind) continue
        const sender = { channelId, senderHash: senderHashOf(vault, channelId, value) }
        for (const row of await lockHooksOfSender(tx, sender)) {
          const reference = await this.#referenceIn(tx, row, provider)
          if (reference !== undefined) references.push({ channelId, reference })
        }
        await forgetHooksOfSender(tx, sender, nowTs)
        await deleteSender(tx, channelId, sender.senderHash)
      }
    }
    await insertForgets(
      tx,
      references.filter(({ channelId }) => this.#channelIds.includes(channelId)),
      nowTs,
    )
  }

  async #referenceIn(tx: Tx, row: HookOfSender, { reader, channel }: Provider): Promise<string | undefined> {
    if (channel.forget === undefined || reader?.reference === undefined) return undefined
    const key = await this.#deps.keys.byId(row.keyId, tx)
    return reader.reference(key.open(hookPurpose, row.identityHash.toString('hex'), row.sealed))
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#deps
    if (this.#channelIds.length === 0) return
    while (!signal.aborted) {
      const isMore = await this.round(signal).catch((error) => {
        if (!signal.aborted) logger.warn('channels.look_failed', { error })
        return false
      })
      if (!isMore) await clock.sleep(lookMs, signal).catch(() => undefined)
    }
  }

  /** @returns whether there may be more at once. */
  async round(signal: AbortSignal): Promise<boolean> {
    const { postgres, clock } = this.#deps
    const nowTs = clock.nowMs()
    const wanted = { nowTs, untilTs: nowTs + leaseMs, limit: atOnce, channelIds: this.#channelIds }
    const rows = await takeForgets(postgres, wanted)
    await Promise.all(rows.map((row) => this.#one(row, signal)))
    return rows.length === atOnce
  }

  async #one({ id, channelId, reference, tries }: ForgetRow, signal: AbortSignal): Promise<void> {
    const { postgres, clock, logger, providers, count } = this.#deps
    const isGone = await providers.get(channelId)?.channel.forget?.(reference, signal)
    if (signal.aborted) return
    if (isGone === true || tries >= triesMax) {
      count(channelId, isGone === true ? 'forgotten' : 'not_forgotten')
      if (isGone !== true)
        logger.warn('channels.not_forgotten', { id, detail: 'The provider did not delete a message.' })
      await deleteForget(postgres, id)
    } else {
      await postponeForget(postgres, id, clock.nowMs() + Math.min(againMaxMs, againFirstMs * 2 ** tries))
    }
  }
}
