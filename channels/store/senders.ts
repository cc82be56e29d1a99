/** Table `channel_sender`: one server at a time hands over what one sender wrote. Times are milliseconds since 1970. */
import { type Db, sql } from '#platform/api.ts'

export type SenderRow = {
  readonly channelId: string
  readonly senderHash: Buffer
  readonly fullTs: number
  readonly newestId: number
}

/** SKIP LOCKED: two servers that look at the same moment take different ones. */
const lease = sql(
  'channel_sender_lease',
  `update channel_sender s set leased_until_ts = $2, leased_by = $5
   from (select channel_id, sender_hash from channel_sender
         where due_ts <= $1 and (leased_until_ts is null or leased_until_ts < $1) and channel_id = any ($4)
         order by due_ts limit $3 for update skip locked) d
   where s.channel_id = d.channel_id and s.sender_hash = d.sender_hash
   returning s.channel_id as "channelId", s.sender_hash as "senderHash", s.full_ts as "fullTs",
             s.newest_id as "newestId"`,
)
const release = sql(
  'channel_sender_release',
  `update channel_sender set full_ts = $3, leased_until_ts = null,
     due_ts = case when newest_id > $4 then $5 else $6::bigint end
   where channel_id = $1 and sender_hash = $2`,
)
const next = sql(
  'channel_sender_next',
  `select min(greatest(due_ts, coalesce(leased_until_ts, 0))) as "dueTs" from channel_sender
   where due_ts is not null and channel_id = any ($1)`,
)
const releaseDead = sql(
  'channel_sender_release_dead',
  'update channel_sender set leased_until_ts = null where leased_by = $1 and leased_until_ts is not null',
)
const forget = sql('channel_sender_forget', 'delete from channel_sender where due_ts is null and full_ts < $1')
const remove = sql('channel_sender_delete', 'delete from channel_sender where channel_id = $1 and sender_hash = $2')

export const deleteSender = (db: Db, channelId: string, senderHash: Buffer) => db.run(remove, [channelId, senderHash])

export function leaseSenders(
  db: Db,
  wanted: { nowTs: number; untilTs: number; limit: number; channelIds: readonly string[]; node: number },
): Promise<SenderRow[]> {
  return db.rows(lease, [wanted.nowTs, wanted.untilTs, wanted.limit, wanted.channelIds, wanted.node])
}

/** `nextTs` counts unless something newer than the lease saw has come. */
export async function releaseSender(
  db: Db,
  { channelId, senderHash, newestId }: SenderRow,
  after: { fullTs: number; nowTs: number; nextTs: number | undefined },
): Promise<void> {
  await db.run(release, [channelId, senderHash, after.fullTs, newestId, after.nowTs, after.nextTs ?? null])
}

/** Whom a server was serving when it died. */
export const releaseSendersOfDead = (db: Db, node: number) => db.run(releaseDead, [node])

export async function nextSenderTs(db: Db, channelIds: readonly string[]): Promise<number | undefined> {
  return (await db.row<{ dueTs: number | null }>(next, [channelIds]))?.dueTs ?? undefined
}

/** Who has long been silent. */
export function forgetSendersBefore(db: Db, ts: number): Promise<number> {
  return db.run(forget, [ts])
}
