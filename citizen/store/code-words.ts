/** Table `citizen_word`: the words that a person agreed with the agency. */
import { type Db, sql } from '#platform/api.ts'

export type WordKind = 'counter' | 'own'
export type WordRow = { kind: WordKind; triesLeft: number; setTs: number; countsFromTs: number }

const put = sql(
  'citizen_word_put',
  `insert into citizen_word (person_id, kind, sealed_word, tries_left, set_ts, counts_from_ts)
   values ($1, $2, $3, $4, $5, $6)
   on conflict (person_id, kind) do update
   set sealed_word = excluded.sealed_word, tries_left = excluded.tries_left, set_ts = excluded.set_ts,
     counts_from_ts = excluded.counts_from_ts`,
)
const tryOnce = sql(
  'citizen_word_try',
  `update citizen_word set tries_left = tries_left - 1
   where person_id = $1 and kind = $2 and tries_left > 0 and counts_from_ts <= $3
   returning sealed_word as "sealedWord"`,
)
const restore = sql(
  'citizen_word_restore',
  'update citizen_word set tries_left = $3 where person_id = $1 and kind = $2',
)
const find = sql(
  'citizen_word_find',
  `select kind, tries_left as "triesLeft", set_ts as "setTs", counts_from_ts as "countsFromTs"
   from citizen_word where person_id = any($1::int[])`,
)
const remove = sql('citizen_word_delete', 'delete from citizen_word where person_id = any($1::int[])')

type NewWord = {
  personId: number
  kind: WordKind
  sealedWord: Buffer
  tries: number
  nowTs: number
  countsFromTs: number
}

export const putWord = (db: Db, word: NewWord) =>
  db.run(put, [word.personId, word.kind, word.sealedWord, word.tries, word.nowTs, word.countsFromTs])

/** Takes one of its tries; undefined when there is no word that counts, or no try left. */
export const takeWordTry = (db: Db, personId: number, kind: WordKind, nowTs: number) =>
  db.row<{ sealedWord: Buffer }>(tryOnce, [personId, kind, nowTs])

export const restoreWordTries = (db: Db, personId: number, kind: WordKind, tries: number) =>
  db.run(restore, [personId, kind, tries])

export const wordsOfPeople = (db: Db, personIds: readonly number[]) => db.rows<WordRow>(find, [personIds])

export const deleteWords = (db: Db, personIds: readonly number[]) => db.run(remove, [personIds])
