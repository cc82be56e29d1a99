import { timingSafeEqual } from 'node:crypto'
import type { People } from '#engagement/api.ts'
import { type Clock, type Db, limits, type Postgres, refuse, type Vault } from '#platform/api.ts'
import {
  deleteWords,
  putWord,
  restoreWordTries,
  takeWordTry,
  type WordKind,
  wordsOfPeople,
} from '../store/code-words.ts'

export type { WordKind } from '../store/code-words.ts'

type Deps = {
  readonly db: Postgres
  readonly vault: Pick<Vault, 'lookupHash'>
  readonly clock: Clock
  readonly people: Pick<People, 'keyOf' | 'rootOf'>
}

/** One of the two kinds that a person may have. */
export type KnownWord = {
  readonly kind: WordKind
  readonly setMs: number
  readonly countsFromMs: number
  /** False after too many wrong ones: it has to be agreed anew. */
  readonly canBeTried: boolean
}

const tries = 5
const sealedAs = 'citizen.word'

/**
 * What was agreed before, and opens private messages: a word given at the counter, face to face, with a code to one address; a
 * word that she chose on the pages only with codes to two. A few wrong ones end a word, however slowly they come.
 */
export class CodeWords {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Whatever word of this kind there was does not count any more. Throws M_INVALID_PARAM. */
  async set(db: Db, wish: { personId: number; kind: WordKind; word: string; countsFromMs?: number }): Promise<void> {
    const { clock, people } = this.#deps
    const plain = folded(wish.word)
    if (plain.length < limits.citizenWordLengthMin || plain.length > limits.citizenWordLengthMax) {
      const { citizenWordLengthMin: least, citizenWordLengthMax: most } = limits
      throw refuse('M_INVALID_PARAM', `Agree on a word of ${least} to ${most} characters, or on several words.`)
    }
    const personId = await people.rootOf(wish.personId, db)
    const key = await people.keyOf(personId, db)
    const sealedWord = key.seal(sealedAs, subjectOf(personId, wish.kind), this.#hash(personId, plain))
    const nowTs = clock.nowMs()
    const countsFromTs = wish.countsFromMs ?? nowTs
    await putWord(db, { personId, kind: wish.kind, sealedWord, tries, nowTs, countsFromTs })
  }

  async of(personId: number): Promise<KnownWord[]> {
    const rows = await wordsOfPeople(this.#deps.db, [personId])
    return rows.map(({ kind, setTs, countsFromTs, triesLeft }) => {
      return { kind, setMs: setTs, countsFromMs: countsFromTs, canBeTried: triesLeft > 0 }
    })
  }

  /** Counts as one of its tries before it is looked at, so that many at once gain nothing. */
  async isRight(personId: number, kind: WordKind, word: string): Promise<boolean> {
    const { db, clock, people } = this.#deps
    const row = await takeWordTry(db, personId, kind, clock.nowMs())
    if (row === undefined) return false
    const key = await people.keyOf(personId)
    const agreed = key.open(sealedAs, subjectOf(personId, kind), row.sealedWord)
    if (!timingSafeEqual(agreed, this.#hash(personId, folded(word)))) return false
    await restoreWordTries(db, personId, kind, tries)
    return true
  }

  async forget(personIds: readonly number[]): Promise<void> {
    await deleteWords(this.#deps.db, personIds)
  }

  /** For her copy of her data: that there are such words, and since when. */
  async exported(personIds: readonly number[]) {
    const rows = await wordsOfPeople(this.#deps.db, personIds)
    return rows.map(({ kind, setTs, countsFromTs }) => ({ kind, setMs: setTs, countsFromMs: countsFromTs }))
  }

  #hash(personId: number, word: string): Buffer {
    return this.#deps.vault.lookupHash('citizen word', `${personId} ${word}`)
  }
}

const subjectOf = (personId: number, kind: WordKind) => `${personId} ${kind}`

/** Spoken at a counter and typed on a telephone: neither capitals nor spaces count. */
const folded = (word: string) => word.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
