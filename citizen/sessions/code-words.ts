import { timingSafeEqual } from 'node:crypto'
import { type Clock, type Db, type Postgres, refuse, type Vault } from '#platform/api.ts'
import { deleteWords, putWord, restoreWordTries, takeWordTry, wordTriesLeft } from '../store/code-words.ts'

type Deps = { readonly db: Postgres; readonly vault: Pick<Vault, 'lookupHash'>; readonly clock: Clock }

const tries = 5
const lengthMin = 6
const lengthMax = 64

/** Words that were agreed at the counter, face to face: with a code to an address they open private messages. */
export class CodeWords {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async set(db: Db, personId: number, word: string): Promise<void> {
    const plain = folded(word)
    if (plain.length < lengthMin || plain.length > lengthMax) {
      throw refuse('M_INVALID_PARAM', `Agree on a word of ${lengthMin} to ${lengthMax} characters, or several words.`)
    }
    const wordHash = this.#hash(personId, plain)
    await putWord(db, { personId, wordHash, tries, nowTs: this.#deps.clock.nowMs() })
  }

  /** Whether there is a word that can still be tried. */
  async has(personId: number): Promise<boolean> {
    return ((await wordTriesLeft(this.#deps.db, personId)) ?? 0) > 0
  }

  async isRight(personId: number, word: string): Promise<boolean> {
    const { db } = this.#deps
    const row = await takeWordTry(db, personId)
    if (row === undefined || !timingSafeEqual(row.wordHash, this.#hash(personId, folded(word)))) return false
    await restoreWordTries(db, personId, tries)
    return true
  }

  async forget(personIds: readonly number[]): Promise<void> {
    await deleteWords(this.#deps.db, personIds)
  }

  #hash(personId: number, word: string): Buffer {
    return this.#deps.vault.lookupHash('citizen word', `${personId} ${word}`)
  }
}

/** Spoken at a counter and typed on a telephone: neither capitals nor spaces count. */
const folded = (word: string) => word.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
