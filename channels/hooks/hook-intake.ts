/**
 * Stores what came in before it is answered. Hooks that wait at one moment go into one statement and one commit; a lone one
 * waits for nobody.
 */
import { type Clock, type Logger, limits, type Postgres, Recent, type Vault } from '#platform/api.ts'
import type { Intake, TakenHook } from '../provider.ts'
import { type HookInsert, insertHooks } from '../store/hooks.ts'
import type { ChannelKeys } from './channel-keys.ts'

export type IntakeDeps = {
  readonly postgres: Postgres
  readonly vault: Pick<Vault, 'lookupHash'>
  readonly clock: Clock
  readonly logger: Logger
  readonly keys: ChannelKeys
  /** Something new waits. */
  readonly onStored: (what: { readonly messages: boolean; readonly receipts: boolean }) => void
}

type Waiting = {
  readonly insert: HookInsert
  readonly resolve: (intake: Intake) => void
  readonly reject: (error: unknown) => void
}

const batchMax = 256
/** PostgreSQL's code when two servers store the same hooks in another order. One of them begins again. */
const deadlock = '40P01'

export class HookIntake {
  readonly #deps: IntakeDeps
  #waiting: Waiting[] = []
  #running: Promise<void> | undefined
  /** When the bucket of what a sender may leave waiting is full again. */
  readonly #floods = new Recent<string, number>(limits.inboundSendersInMemoryMax)

  constructor(deps: IntakeDeps) {
    this.#deps = deps
  }

  /** Resolves after the commit. */
  async take(channelId: string, hook: TakenHook): Promise<Intake> {
    const { vault, clock, keys } = this.#deps
    const senderHash = hook.what === 'message' ? senderHashOf(vault, channelId, hook.sender ?? '') : null
    if (senderHash !== null && hook.isUrgent !== true && this.#isFlooded(senderHash)) return 'flooded'
    const identityHash = hookHash(vault, channelId, hook.identity)
    const key = await keys.of(channelId, clock.nowMs())
    const insert: HookInsert = {
      channelId,
      identityHash,
      isReceipt: hook.what === 'receipts',
      isUrgent: hook.isUrgent === true,
      senderHash,
      keyId: key.id,
      sealed: key.seal(hookPurpose, identityHash.toString('hex'), hook.payload),
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ insert, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  /** Resolves when everything that was taken is stored or refused. */
  async drained(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  #isFlooded(senderHash: Buffer): boolean {
    const key = senderHash.toString('base64')
    const nowMs = this.#deps.clock.nowMs()
    const fullMs = Math.max(this.#floods.get(key) ?? 0, nowMs) + limits.inboundPaceMs
    if (fullMs - nowMs > limits.inboundWaitingMax * limits.inboundPaceMs) return true
    this.#floods.set(key, fullMs)
    return false
  }

  async #run(): Promise<void> {
    // What arrives within the same turn of the event loop shares the first commit.
    await Promise.resolve()
    while (this.#waiting.length > 0) await this.#store(this.#waiting.splice(0, batchMax))
    this.#running = undefined
  }

  async #store(batch: readonly Waiting[]): Promise<void> {
    const { clock, logger, onStored } = this.#deps
    const nowTs = clock.nowMs()
    // One statement cannot meet the same hook twice: the first stands for the rest.
    const first = new Map<string, Waiting>()
    const again: Waiting[] = []
    for (const one of batch) {
      const key = `${one.insert.channelId} ${one.insert.identityHash.toString('base64')}`
      if (first.has(key)) again.push(one)
      else first.set(key, one)
    }
    const once = [...first.values()]
    try {
      const stored = await this.#insert(
        once.map(({ insert }) => insert),
        nowTs,
      )
      const fresh = once.filter((_, at) => stored[at]?.isNew)
      if (fresh.length > 0) {
        const receipts = fresh.filter(({ insert }) => insert.isReceipt).length
        onStored({ messages: receipts < fresh.length, receipts: receipts > 0 })
      }
      once.forEach((one, at) => {
        const { isNew, knownTs } = stored[at]!
        if (isNew) one.resolve('taken')
        else one.resolve(nowTs - (knownTs ?? nowTs) > limits.hookRepeatMsMax ? 'replayed' : 'duplicate')
      })
      for (const one of again) one.resolve('duplicate')
    } catch (error) {
      logger.error('channels.hooks_not_stored', { count: batch.length, error })
      for (const one of batch) one.reject(error)
    }
  }

  async #insert(hooks: readonly HookInsert[], nowTs: number): ReturnType<typeof insertHooks> {
    const how = { nowTs, burstMs: (limits.inboundBurst - 1) * limits.inboundPaceMs }
    try {
      return await insertHooks(this.#deps.postgres, hooks, how)
    } catch (error) {
      if ((error as { sqlState?: string }).sqlState !== deadlock) throw error
      return insertHooks(this.#deps.postgres, hooks, how)
    }
  }
}

export const hookPurpose = 'channel.hook'

export function senderHashOf(vault: Pick<Vault, 'lookupHash'>, channelId: string, sender: string): Buffer {
  return vault.lookupHash('channel sender', `${channelId} ${sender}`)
}

/** Half of the keyed hash: 128 bits tell all hooks there will ever be apart, and the index is half as large. */
export function hookHash(vault: Pick<Vault, 'lookupHash'>, channelId: string, identity: string): Buffer {
  return vault.lookupHash('channel hook', `${channelId} ${identity}`).subarray(0, 16)
}
