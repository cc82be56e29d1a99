/** What is deleted of a person whose account was closed, in tables of other files. What hangs on her devices went with them. */
import { type Db, sql } from '#platform/api.ts'

const always = [
  sql('departure_account_data', 'delete from account_data where user_id = $1'),
  sql('departure_filters', 'delete from sync_filter where user_id = $1'),
  sql('departure_receipts', 'delete from receipt where user_id = $1'),
  sql('departure_mentions', 'delete from mention where user_id = $1'),
  sql('departure_thread_subscriptions', 'delete from thread_subscription where user_id = $1'),
  sql('departure_forgotten', 'delete from forgotten_room where user_id = $1'),
  sql('departure_delayed_events', 'delete from delayed_event where user_id = $1'),
  sql('departure_cross_signing', 'delete from cross_signing_key where user_id = $1'),
  sql('departure_signatures', 'delete from key_signature where signer_id = $1 or target_id = $1'),
  sql('departure_key_backup', 'delete from key_backup where user_id = $1'),
]

export async function deleteBelongings(db: Db, userId: number): Promise<void> {
  for (const statement of always) await db.run(statement, [userId])
}
