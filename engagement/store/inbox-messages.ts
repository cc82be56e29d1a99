/** Table `inbox_message`: what waits in the inbox of the citizen pages. Its words are the send's. */
import { type Db, sql } from '#platform/api.ts'

export type InboxRow = {
  id: number
  publicId: string
  agencyId: number
  personId: number
  sendId: number
  conversationId: number | null
  createdTs: number
  readTs: number | null
}

const columns = `i.id, i.public_id as "publicId", i.agency_id as "agencyId", i.person_id as "personId",
  i.send_id as "sendId", i.conversation_id as "conversationId", i.created_ts as "createdTs", i.read_ts as "readTs"`
/** Its gate was passed: until then nobody may see it. */
const hasLeft = 'exists (select 1 from attempt a where a.send_id = i.send_id and a.sending_ts is not null)'
const insert = sql(
  'inbox_message_insert',
  `insert into inbox_message (public_id, agency_id, person_id, send_id, conversation_id, created_ts)
   select g.public_id, g.agency_id, g.person_id, s.id, g.conversation_id, $6
   from unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::bigint[])
     as g (public_id, agency_id, person_id, send, conversation_id)
   join send s on s.public_id = g.send
   on conflict (send_id) do nothing`,
)
const ofPeople = sql(
  'inbox_message_of_people',
  `select ${columns} from inbox_message i
   where i.person_id = any($1::bigint[]) and i.id < $2 and ${hasLeft} order by i.id desc limit $3`,
)
const byPublicId = sql(
  'inbox_message_by_public_id',
  `select ${columns} from inbox_message i where i.public_id = $1 and ${hasLeft}`,
)
const read = sql('inbox_message_read', 'update inbox_message set read_ts = $2 where id = $1 and read_ts is null')
const ofSends = sql(
  'inbox_message_of_sends',
  `select ${columns} from inbox_message i where i.send_id = any($1::bigint[])`,
)

/** `send`: its public id. What was put there before for the same send stays as it is. */
export const insertInboxMessages = (
  db: Db,
  rows: readonly (Omit<InboxRow, 'createdTs' | 'id' | 'readTs' | 'sendId'> & { readonly send: string })[],
  createdTs: number,
) =>
  db.run(insert, [
    rows.map(({ publicId }) => publicId),
    rows.map(({ agencyId }) => agencyId),
    rows.map(({ personId }) => personId),
    rows.map(({ send }) => send),
    rows.map(({ conversationId }) => conversationId),
    createdTs,
  ])

export const inboxMessagesOf = (db: Db, personIds: readonly number[], before: number, limit: number) =>
  db.rows<InboxRow>(ofPeople, [personIds, before, limit])
export const inboxMessage = (db: Db, publicId: string) => db.row<InboxRow>(byPublicId, [publicId])
export const inboxMessagesOfSends = (db: Db, sendIds: readonly number[]) => db.rows<InboxRow>(ofSends, [sendIds])
/** Whether it was unread. */
export const markInboxMessageRead = async (db: Db, id: number, nowTs: number) => (await db.run(read, [id, nowTs])) > 0
