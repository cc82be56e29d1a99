/**
 * Work that is cheaper for many at once, done for many at once: what comes at the same moment shares one piece of work, and
 * while that is under way the next gathers. A lone one waits for nobody.
 */
export class Gather<T, R> {
  readonly #work: (items: readonly T[]) => Promise<readonly (R | Promise<R>)[]>
  readonly #atOnceMax: number
  #waiting: { readonly item: T; readonly answer: PromiseWithResolvers<R> }[] = []
  #isAtWork = false

  /**
   * `work` answers in the order of its items; what it throws, all of them hear. The next does not wait for answers that are
   * still promises.
   */
  constructor(atOnceMax: number, work: (items: readonly T[]) => Promise<readonly (R | Promise<R>)[]>) {
    this.#atOnceMax = atOnceMax
    this.#work = work
  }

  add(item: T): Promise<R> {
    const answer = Promise.withResolvers<R>()
    this.#waiting.push({ item, answer })
    if (!this.#isAtWork) void this.#run()
    return answer.promise
  }

  async #run(): Promise<void> {
    this.#isAtWork = true
    // What is asked for within the same turn of the event loop comes along.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#atOnceMax)
      try {
        const answers = await this.#work(batch.map(({ item }) => item))
        batch.forEach(({ answer }, at) => {
          answer.resolve(answers[at] as R)
        })
      } catch (error) {
        for (const { answer } of batch) answer.reject(error)
      }
    }
    this.#isAtWork = false
  }
}

const keysAtOnceMax = 500

/**
 * Look-ups by key that share a query. Whoever asks is answered by a query that began after that: nothing is remembered.
 *
 * @param load answers what it finds, in any order
 */
export function together<K, V>(
  load: (keys: readonly K[]) => Promise<readonly V[]>,
  keyOf: (value: V) => K,
): (key: K) => Promise<V | undefined> {
  const gather = new Gather<K, V | undefined>(keysAtOnceMax, async (keys) => {
    const found = new Map((await load([...new Set(keys)])).map((value) => [keyOf(value), value]))
    return keys.map((key) => found.get(key))
  })
  return (key) => gather.add(key)
}
