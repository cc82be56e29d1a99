import { type Logger, type Postgres, type Random, SealBroken, type Vault } from '#platform/api.ts'

type Deps = { postgres: Postgres; vault: Vault; random: Random; logger: Logger }

/** PostgreSQL carries 8,000 bytes in a notice; sealed and in base64, this stays below. */
const textBytesMax = 5_000

/**
 * What the nodes of one server tell each other and write nowhere: who is there, who is typing. Sealed, because PostgreSQL carries
 * it. A hint: one that is lost is made good by the next repetition.
 */
export class NodeNotices<News> {
  readonly #deps: Deps
  readonly #about: string
  readonly #onNews: (node: string, news: readonly News[]) => void
  readonly #node: string
  #end: (() => Promise<void>) | undefined

  /** `about` names the channel and the key. */
  constructor(deps: Deps, about: 'presence' | 'typing', onNews: (node: string, news: readonly News[]) => void) {
    this.#deps = deps
    this.#about = about
    this.#onNews = onNews
    this.#node = deps.random.token(6)
  }

  async listen(): Promise<void> {
    try {
      this.#end = await this.#deps.postgres.listen(this.#channel, (payload) => void this.#hear(payload))
    } catch (error) {
      this.#deps.logger.warn('nodes.not_heard', { error })
    }
  }

  async close(): Promise<void> {
    await this.#end?.()
  }

  /** In as few notices as it takes. */
  send(news: readonly News[]): void {
    let batch: News[] = []
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

  get #channel(): string {
    return `chancery_${this.#about}`
  }

  async #sendOne(news: readonly News[]): Promise<void> {
    try {
      const key = await this.#deps.vault.serverKey(this.#about)
      const sealed = key.seal(this.#about, this.#node, Buffer.from(JSON.stringify(news)))
      await this.#deps.postgres.notify(this.#channel, `${this.#node} ${sealed.toString('base64')}`)
    } catch (error) {
      this.#deps.logger.debug('nodes.not_told', { error })
    }
  }

  async #hear(payload: string): Promise<void> {
    const [node = '', sealed = ''] = payload.split(' ')
    if (node === '' || node === this.#node) return
    try {
      const key = await this.#deps.vault.serverKey(this.#about)
      const text = key.open(this.#about, node, Buffer.from(sealed, 'base64')).toString('utf8')
      this.#onNews(node, JSON.parse(text) as News[])
    } catch (error) {
      this.#deps.logger.warn('nodes.not_heard', error instanceof SealBroken ? {} : { error })
    }
  }
}
