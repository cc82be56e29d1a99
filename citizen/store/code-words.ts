/** Table `citizen_word`: the word that a person agreed at the counter. */
import { type Db, sql } from '#platform/api.ts'

const put = sql(
  'citizen_word_put',
  `insert into citizen_word (person_id, word_hash, tries_left, set_ts) values ($1, $2, $3, $4)
   on conflict (person_id) do update
   set word_hash = excluded.word_hash, tries_left = excluded.tries_left, set_ts = excluded.set_ts`,
)
const tryOnce = sql(
  'citizen_word_try',
  `update citizen_word set tries_left = tries_left - 1 where person_id = $1 and tries_left > 0
   returning word_hash as "wordHash"`,
)
const restore = sql('citizen_word_restore', 'update citizen_word set tries_left = $2 where person_id = $1')
const exists = sql('citizen_word_exists', 'select tries_left as "triesLeft" from citizen_word where person_id = $1')
const remove = sql('citizen_word_delete', 'delete from citizen_word where person_id = any($1::int[])')

export const putWord = (db: Db, word: { personId: number; wordHash: Buffer; tries: number; nowTs: number }) =>
  db.run(put, [word.personId, word.wordHash, word.tries, word.nowTs])

/** Takes one of its tries; undefined when there is no word, or no try left. */
export const takeWordTry = (db: Db, personId: number) => db.row<{ wordHash: Buffer }>(tryOnce, [personId])

export const restoreWordTries = (db: Db, personId: number, tries: number) => db.run(restore, [personId, tries])

export const wordTriesLeft = async (db: Db, personId: number): Promise<number | undefined> =>
  (await db.row<{ triesLeft: number }>(exists, [personId]))?.triesLeft

export const deleteWords = (db: Db, personIds: readonly number[]) => db.run(remove, [personIds])
