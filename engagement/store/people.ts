/**
 * Table `person`: citizens as one agency knows them. `sealed_details` and everything else of hers is under her own key
 * (`data_key_id`); `name_words` are hashes under a key of the agency.
 */
import { type Db, sql } from '#platform/api.ts'

export type StoredState = 'active' | 'merged' | 'erasing' | 'erased'

export type PersonRow = {
  id: number
  publicId: string
  agencyId: number
  state: StoredState
  mergedInto: number | null
  dataKeyId: number | null
  sealedDetails: Buffer | null
  createdTs: number
}

const columns = `id, public_id as "publicId", agency_id as "agencyId", state, merged_into as "mergedInto",
  data_key_id as "dataKeyId", sealed_details as "sealedDetails", created_ts as "createdTs"`
const insert = sql(
  'person_insert',
  `insert into person (public_id, agency_id, state, data_key_id, sealed_details, name_words, created_ts, changed_ts)
   values ($1, $2, 'active', $3, $4, $5, $6, $6) returning ${columns}`,
)
const byIds = sql('person_by_ids', `select ${columns} from person where id = any($1::int[])`)
const byPublicIds = sql('person_by_public_ids', `select ${columns} from person where public_id = any($1::text[])`)
const lock = sql('person_lock', `select ${columns} from person where id = any($1::int[]) order by id for no key update`)
const root = sql(
  'person_root',
  `with recursive up as (
     select id, merged_into from person where id = $1
     union all select p.id, p.merged_into from up join person p on p.id = up.merged_into
   ) select id from up where merged_into is null`,
)
const group = sql(
  'person_group',
  `with recursive down as (
     select id from person where id = $1
     union all select p.id from down join person p on p.merged_into = down.id
   ) select id from down order by id`,
)
const byWords = sql(
  'person_by_words',
  `select ${columns} from person
   where agency_id = $1 and state in ('active', 'merged') and name_words @> $2::bigint[] and id < $3
   order by id desc limit $4`,
)
const page = sql(
  'person_page',
  `select ${columns} from person where agency_id = $1 and state = 'active' and id < $2 order by id desc limit $3`,
)
const change = sql(
  'person_change',
  'update person set sealed_details = $2, name_words = $3, changed_ts = $4 where id = $1',
)
const setState = sql(
  'person_set_state',
  'update person set state = $2, merged_into = $3, changed_ts = $4 where id = $1',
)
const erase = sql(
  'person_erase',
  `update person set state = 'erased', data_key_id = null, sealed_details = null, name_words = '{}', changed_ts = $2
   where id = any($1::int[])`,
)
const erasing = sql(
  'person_erasing',
  `select id from person where state = 'erasing' and merged_into is null order by id limit $1`,
)

export type NewPersonRow = {
  publicId: string
  agencyId: number
  dataKeyId: number
  sealedDetails: Buffer
  nameWords: readonly number[]
  createdTs: number
}

export async function insertPerson(db: Db, row: NewPersonRow): Promise<PersonRow> {
  const { publicId, agencyId, dataKeyId, sealedDetails, nameWords, createdTs } = row
  const values = [publicId, agencyId, dataKeyId, sealedDetails, nameWords, createdTs]
  return (await db.row<PersonRow>(insert, values))!
}

export const peopleByIds = (db: Db, ids: readonly number[]) => db.rows<PersonRow>(byIds, [ids])
export const personById = async (db: Db, id: number) => (await peopleByIds(db, [id]))[0]
export const peopleByPublicIds = (db: Db, ids: readonly string[]) => db.rows<PersonRow>(byPublicIds, [ids])

/** In the order of their ids, as everybody locks them; after the gates. */
export const lockPeople = (db: Db, ids: readonly number[]) => db.rows<PersonRow>(lock, [ids])

/** The record at the end of the merges. */
export async function rootOfPerson(db: Db, id: number): Promise<number> {
  return (await db.row<{ id: number }>(root, [id]))?.id ?? id
}

/** The record and all that were merged into it. */
export async function groupOfPerson(db: Db, rootId: number): Promise<number[]> {
  return (await db.rows<{ id: number }>(group, [rootId])).map((row) => row.id)
}

/** Who has all of the words in her names; the newest first. */
export function peopleByWords(
  db: Db,
  agencyId: number,
  words: readonly number[],
  { before, limit }: { before: number; limit: number },
): Promise<PersonRow[]> {
  return db.rows<PersonRow>(byWords, [agencyId, words, before, limit])
}

export const peoplePage = (db: Db, agencyId: number, before: number, limit: number) =>
  db.rows<PersonRow>(page, [agencyId, before, limit])

export const changePerson = (db: Db, id: number, sealed: Buffer, nameWords: readonly number[], ts: number) =>
  db.run(change, [id, sealed, nameWords, ts])

export const setPersonState = (db: Db, id: number, state: StoredState, mergedInto: number | null, ts: number) =>
  db.run(setState, [id, state, mergedInto, ts])

export const erasePeople = (db: Db, ids: readonly number[], ts: number) => db.run(erase, [ids, ts])

/** Whose erasure has begun and not ended. */
export async function peopleBeingErased(db: Db, limit: number): Promise<number[]> {
  return (await db.rows<{ id: number }>(erasing, [limit])).map((row) => row.id)
}
