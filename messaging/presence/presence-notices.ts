import { type Logger, type Postgres, type Random, SealBroken, type Vault } from '#platform/api.ts'
import type { PresenceState } from './presence-record.ts'

/** What one node says of a person to the others. */
export type PresenceNews = {
  readonly userId: number
  readonly matrixId: string
  readonly state: PresenceState
  readonly lastActiveMs: number
  readonly statusSetMs: number
  readonly statusMsg?: string
}

type Deps = { postgres: Postgres; vault: Vault; random: Random; logger: Logger }

const channel = 'chancery_presence'
const keyName = 'presence'
/** PostgreSQL carries 8,000 bytes in a notice; sealed and in base64, this stays below. */
const textBytesMax = 5_000

/** Between nodes: sealed, because PostgreSQL carries it. A notice that is lost is made good by the next repetition. */
export class PresenceNotices {
  readonly #deps: Deps
  readonly #onNews: (node: string, news: readonly PresenceNews[]) => void
  readonly #node: string
  #end: (() => Promise<void>) | undefined

  constructor(deps: Deps, onNews: (node: string, news: readonly PresenceNews[]) => void) {
    this.#deps = deps
    this.#onNews = onNews
    this.#node = deps.random.token(6)
  }

  async listen(): Promise<void> {
    try {
      this.#end = await this.#deps.postgres.listen(channel, (payload) => void this.#hear(payload))
    } catch (error) {
      this.#deps.logger.warn('presence.not_heard', { error })
    }
  }

  async close(): Promise<void> {
    await this.#end?.()
  }

  /** In as few notices as it takes. */
  send(news: readonly PresenceNews[]): void {
    let batch: PresenceNews[] = []
    let bytes = 0
    for (const one of news) {
      const size = Buffer.byteLength(JSON.stringify(one)) + 1
      if (bytes + size > textBytesMax && batch.length > 0) {
        void this.#sendOne(batch)
        batch = []
        bytes = 0
      }
      batch.push(one)
      bytes += size
    }
    if (batch.length > 0) void this.#sendOne(batch)
  }

  async #sendOne(news: readonly PresenceNews[]): Promise<void> {
    try {
      const key = await this.#deps.vault.serverKey(keyName)
      const sealed = key.seal(keyName, this.#node, Buffer.from(JSON.stringify(news)))
      await this.#deps.postgres.notify(channel, `${this.#node} ${sealed.toString('base64')}`)
    } catch (error) {
      this.#deps.logger.debug('presence.not_told', { error })
    }
  }

  async #hear(payload: string): Promise<void> {
    const [node = '', sealed = ''] = payload.split(' ')
    if (node === '' || node === this.#node) return
    try {
      const key = await this.#deps.vault.serverKey(keyName)
      const text = key.open(keyName, node, Buffer.from(sealed, 'base64')).toString('utf8')
      this.#onNews(node, JSON.parse(text) as PresenceNews[])
    } catch (error) {
      this.#deps.logger.warn('presence.not_heard', error instanceof SealBroken ? {} : { error })
    }
  }
}
