/** Table `last_in`: the newest words from an address on a channel. */
import { type Db, sql } from '#platform/api.ts'

export type LastInRow = {
  addressId: number
  channelId: string
  agencyId: number
  conversationId: number | null
  atTs: number
  keyId: number | null
  sealedThread: Buffer | null
}

const columns = `l.address_id as "addressId", l.channel_id as "channelId", l.agency_id as "agencyId",
  l.conversation_id as "conversationId", l.at_ts as "atTs", l.key_id as "keyId", l.sealed_thread as "sealedThread"`
const put = sql(
  'last_in_put',
  `insert into last_in as l (address_id, channel_id, agency_id, conversation_id, at_ts, key_id, sealed_thread)
   values ($1, $2, $3, $4, $5, $6, $7)
   on conflict (address_id, channel_id) do update set
     conversation_id = coalesce(excluded.conversation_id, l.conversation_id), at_ts = excluded.at_ts,
     key_id = excluded.key_id, sealed_thread = excluded.sealed_thread
   where excluded.at_ts >= l.at_ts`,
)
const ofConversation = sql(
  'last_in_of_conversation',
  `select ${columns} from last_in l where l.conversation_id = $1 order by l.at_ts desc limit 1`,
)
const one = sql('last_in_one', `select ${columns} from last_in l where l.address_id = $1 and l.channel_id = $2`)
const erase = sql('last_in_erase', 'delete from last_in where address_id = any($1::bigint[])')

export async function putLastIn(db: Db, row: LastInRow): Promise<void> {
  const { addressId, channelId, agencyId, conversationId, atTs, keyId, sealedThread } = row
  await db.run(put, [addressId, channelId, agencyId, conversationId, atTs, keyId, sealedThread])
}

export const lastInOfConversation = (db: Db, conversationId: number) =>
  db.row<LastInRow>(ofConversation, [conversationId])
export const lastInOf = (db: Db, addressId: number, channelId: string) => db.row<LastInRow>(one, [addressId, channelId])
export const eraseLastIn = (db: Db, addressIds: readonly number[]) => db.run(erase, [addressIds])
