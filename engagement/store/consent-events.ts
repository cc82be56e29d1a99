/**
 * Tables `consent_event` and `consent_chain`: what citizens agreed to and ended, in one chain of hashes for each agency, and
 * the newest event of each chain. Contents are sealed under the key of the person or the address.
 */
import { type Db, sql } from '#platform/api.ts'

const bear = sql('consent_chain_bear', 'insert into consent_chain (agency_id, seq, hash) values ($1, 0, $2)')

export const bearChain = (db: Db, agencyId: number, hash: Buffer) => db.run(bear, [agencyId, hash])
