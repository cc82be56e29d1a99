/** Table `channel_hook`, and `channel_sender` as far as storing a hook touches it. Times are milliseconds since 1970. */
import { type Db, sql } from '#platform/api.ts'

export type HookInsert = {
  readonly channelId: string
  readonly identityHash: Buffer
  readonly isReceipt: boolean
  readonly isUrgent: boolean
  readonly senderHash: Buffer | null
  readonly keyId: number
  readonly sealed: Buffer
}

export type HookRow = {
  readonly id: number
  readonly channelId: string
  readonly identityHash: Buffer
  readonly receivedTs: number
  readonly attempts: number
  readonly keyId: number
  readonly sealed: Buffer
}

/** `knownTs`: when the same hook was stored before; null for a new one, and for one that another server stores now. */
export type StoredHook = { readonly isNew: boolean; readonly knownTs: number | null }

const columns = `id, channel_id as "channelId", identity_hash as "identityHash", received_ts as "receivedTs", attempts,
  key_id as "keyId", sealed`
const waits = 'handed_ts is null and failed_ts is null'

const insert = sql(
  'channel_hook_insert',
  `with given as (
     select * from unnest($1::text[], $2::bytea[], $3::boolean[], $4::boolean[], $5::bytea[], $6::bigint[], $7::bytea[])
       with ordinality as g (channel_id, identity_hash, is_receipt, is_urgent, sender_hash, key_id, sealed, n)),
   fresh as (
     insert into channel_hook
       (channel_id, identity_hash, is_receipt, is_urgent, sender_hash, received_ts, due_ts, key_id, sealed)
     select channel_id, identity_hash, is_receipt, is_urgent, sender_hash, $8, $8, key_id, sealed from given order by n
     on conflict (channel_id, identity_hash) do nothing
     returning id, channel_id, identity_hash, is_urgent, sender_hash),
   senders as (
     insert into channel_sender as s (channel_id, sender_hash, due_ts, newest_id)
     select channel_id, sender_hash, $8::bigint, max(id) from fresh where sender_hash is not null
     group by channel_id, sender_hash order by channel_id, sender_hash
     on conflict (channel_id, sender_hash) do update set
       newest_id = greatest(s.newest_id, excluded.newest_id),
       due_ts = case
         when exists (select 1 from fresh f where f.channel_id = s.channel_id and f.sender_hash = s.sender_hash
                      and f.is_urgent) then least(s.due_ts, $8)
         else coalesce(s.due_ts, greatest($8, s.full_ts - $9)) end)
   select f.id is not null as "isNew", h.received_ts as "knownTs"
   from given g
   left join fresh f using (channel_id, identity_hash)
   left join channel_hook h using (channel_id, identity_hash)
   order by g.n`,
)

/** Whose payload has died waits no longer. */
const waitingOf = sql(
  'channel_hook_waiting_of',
  `select ${columns}, is_urgent as "isUrgent" from channel_hook
   where channel_id = $1 and sender_hash = $2 and not is_receipt and ${waits} and due_ts <= $3 and sealed is not null
   order by is_urgent desc, id limit $4`,
)
const byIdentity = sql(
  'channel_hook_by_identity',
  `select ${columns}, is_urgent as "isUrgent" from channel_hook
   where channel_id = $1 and identity_hash = $2 and ${waits} and sealed is not null`,
)
const nextOf = sql(
  'channel_hook_next_of',
  `select min(due_ts) as "dueTs" from channel_hook
   where channel_id = $1 and sender_hash = $2 and not is_receipt and ${waits} and sealed is not null`,
)
const dueReceipts = sql(
  'channel_hook_due_receipts',
  `select ${columns} from channel_hook
   where is_receipt and ${waits} and due_ts <= $1 and sealed is not null and channel_id = any ($3)
   order by due_ts, id limit $2 for update skip locked`,
)
const receiptById = sql(
  'channel_hook_receipt_by_id',
  `select ${columns} from channel_hook where id = $1 and ${waits} and sealed is not null for update skip locked`,
)
const nextReceipt = sql(
  'channel_hook_next_receipt',
  `select min(due_ts) as "dueTs" from channel_hook where is_receipt and ${waits} and channel_id = any ($1)`,
)
/** What a receipt said has been taken in; a message is kept for some weeks. */
const handed = sql(
  'channel_hook_handed',
  `update channel_hook set handed_ts = $2, sealed = case when is_receipt then null else sealed end,
     key_id = case when is_receipt then null else key_id end
   where id = any ($1)`,
)
const postponed = sql(
  'channel_hook_postponed',
  'update channel_hook set attempts = attempts + 1, due_ts = $2, failed_ts = $3 where id = $1',
)
const newest = sql(
  'channel_hook_newest',
  `select received_ts as "receivedTs" from channel_hook where channel_id = $1 and (sealed is not null or is_receipt)
   order by received_ts desc limit 1`,
)
const countWaiting = sql(
  'channel_hook_count',
  `select channel_id as "channelId", count(*) filter (where failed_ts is null) as waiting,
          count(*) filter (where failed_ts is not null) as failed
   from channel_hook where handed_ts is null and sealed is not null group by channel_id`,
)
const forgetReceipts = sql(
  'channel_hook_forget_receipts',
  `delete from channel_hook where id in (
     select id from channel_hook where received_ts < $1 and is_receipt limit $2)`,
)
const forgetPayloads = sql(
  'channel_hook_forget_payloads',
  `update channel_hook set sealed = null, key_id = null where id in (
     select id from channel_hook where received_ts < $1 and sealed is not null and not is_receipt limit $2)`,
)
const ofSender = sql(
  'channel_hook_of_sender',
  `select id, identity_hash as "identityHash", key_id as "keyId", sealed from channel_hook
   where channel_id = $1 and sender_hash = $2 and sealed is not null order by id for update`,
)
/** Its identity stays, so that the same that comes again is known. */
const forgetSender = sql(
  'channel_hook_forget_sender',
  `update channel_hook set sealed = null, key_id = null, sender_hash = null, handed_ts = coalesce(handed_ts, $3)
   where channel_id = $1 and sender_hash = $2`,
)

/** In the order of `hooks`. `burstMs` is the span that a sender's bucket holds. */
export function insertHooks(
  db: Db,
  hooks: readonly HookInsert[],
  { nowTs, burstMs }: { nowTs: number; burstMs: number },
): Promise<StoredHook[]> {
  return db.rows<StoredHook>(insert, [
    hooks.map((hook) => hook.channelId),
    hooks.map((hook) => hook.identityHash),
    hooks.map((hook) => hook.isReceipt),
    hooks.map((hook) => hook.isUrgent),
    hooks.map((hook) => hook.senderHash),
    hooks.map((hook) => hook.keyId),
    hooks.map((hook) => hook.sealed),
    nowTs,
    burstMs,
  ])
}

export function waitingMessages(
  db: Db,
  sender: { channelId: string; senderHash: Buffer },
  { nowTs, limit }: { nowTs: number; limit: number },
): Promise<(HookRow & { isUrgent: boolean })[]> {
  return db.rows(waitingOf, [sender.channelId, sender.senderHash, nowTs, limit])
}

/** Undefined where it waits no longer. */
export function waitingHook(db: Db, channelId: string, identityHash: Buffer): Promise<HookRow | undefined> {
  return db.row(byIdentity, [channelId, identityHash])
}

export async function nextMessageTs(
  db: Db,
  sender: { channelId: string; senderHash: Buffer },
): Promise<number | undefined> {
  return (await db.row<{ dueTs: number | null }>(nextOf, [sender.channelId, sender.senderHash]))?.dueTs ?? undefined
}

/** Locked until the transaction ends: another server takes others. */
export function lockDueReceipts(
  tx: Db,
  { nowTs, limit, channelIds }: { nowTs: number; limit: number; channelIds: readonly string[] },
): Promise<HookRow[]> {
  return tx.rows(dueReceipts, [nowTs, limit, channelIds])
}

export function lockReceipt(tx: Db, id: number): Promise<HookRow | undefined> {
  return tx.row(receiptById, [id])
}

export async function nextReceiptTs(db: Db, channelIds: readonly string[]): Promise<number | undefined> {
  return (await db.row<{ dueTs: number | null }>(nextReceipt, [channelIds]))?.dueTs ?? undefined
}

export async function markHanded(db: Db, ids: readonly number[], nowTs: number): Promise<void> {
  await db.run(handed, [ids, nowTs])
}

/** `failedTs` ends it. */
export async function postpone(db: Db, id: number, dueTs: number, failedTs: number | null): Promise<void> {
  await db.run(postponed, [id, dueTs, failedTs])
}

/** Undefined where nothing came within the life of payloads. */
export async function newestHookTs(db: Db, channelId: string): Promise<number | undefined> {
  return (await db.row<{ receivedTs: number }>(newest, [channelId]))?.receivedTs
}

export function countWaitingHooks(db: Db): Promise<{ channelId: string; waiting: number; failed: number }[]> {
  return db.rows(countWaiting)
}

export type HookOfSender = Pick<HookRow, 'id' | 'identityHash' | 'keyId' | 'sealed'>
type Sender = { readonly channelId: string; readonly senderHash: Buffer }

/** Locked until the transaction ends. */
export const lockHooksOfSender = (tx: Db, { channelId, senderHash }: Sender) =>
  tx.rows<HookOfSender>(ofSender, [channelId, senderHash])
export const forgetHooksOfSender = (tx: Db, { channelId, senderHash }: Sender, nowTs: number) =>
  tx.run(forgetSender, [channelId, senderHash, nowTs])

/** @returns how many were touched; 0 when none is left. */
export async function forgetHooksBefore(db: Db, ts: number, limit: number): Promise<number> {
  return (await db.run(forgetReceipts, [ts, limit])) + (await db.run(forgetPayloads, [ts, limit]))
}
