/** Table `person_merge`: two records that are of one person, and what moved, so that it can be undone. */
import { type Db, sql } from '#platform/api.ts'

export type MergeRow = {
  id: number
  publicId: string
  agencyId: number
  survivorId: number
  absorbedId: number
  addressIds: number[]
  chainSeq: number
  mergedTs: number
  undoneTs: number | null
}

const columns = `id, public_id as "publicId", agency_id as "agencyId", survivor_id as "survivorId",
  absorbed_id as "absorbedId", address_ids as "addressIds", chain_seq as "chainSeq", merged_ts as "mergedTs",
  undone_ts as "undoneTs"`
const insert = sql(
  'person_merge_insert',
  `insert into person_merge (public_id, agency_id, survivor_id, absorbed_id, address_ids, chain_seq, merged_ts)
   values ($1, $2, $3, $4, $5, $6, $7)`,
)
const byPublicId = sql('person_merge_by_public_id', `select ${columns} from person_merge where public_id = $1`)
const ofPeople = sql(
  'person_merge_of_people',
  `select ${columns} from person_merge where survivor_id = any($1::int[]) or absorbed_id = any($1::int[]) order by id`,
)
const undo = sql('person_merge_undo', 'update person_merge set undone_ts = $2 where id = $1 and undone_ts is null')
const remove = sql(
  'person_merge_delete',
  'delete from person_merge where survivor_id = any($1::int[]) or absorbed_id = any($1::int[])',
)

export function insertMerge(db: Db, row: Omit<MergeRow, 'id' | 'undoneTs'>): Promise<number> {
  const { publicId, agencyId, survivorId, absorbedId, addressIds, chainSeq, mergedTs } = row
  return db.run(insert, [publicId, agencyId, survivorId, absorbedId, addressIds, chainSeq, mergedTs])
}

export const mergeByPublicId = (db: Db, publicId: string) => db.row<MergeRow>(byPublicId, [publicId])
export const mergesOf = (db: Db, personIds: readonly number[]) => db.rows<MergeRow>(ofPeople, [personIds])
export const undoMerge = async (db: Db, id: number, ts: number) => (await db.run(undo, [id, ts])) === 1
export const deleteMerges = (db: Db, personIds: readonly number[]) => db.run(remove, [personIds])
