/** Table `reply_wish`: the channel that somebody chose for her next message with `!by`. */
import { type Db, sql } from '#platform/api.ts'

const put = sql(
  'reply_wish_put',
  `insert into reply_wish (conversation_id, user_id, kind, set_ts) values ($1, $2, $3, $4)
   on conflict (conversation_id, user_id) do update set kind = excluded.kind, set_ts = excluded.set_ts`,
)
const take = sql('reply_wish_take', 'delete from reply_wish where conversation_id = $1 and user_id = $2 returning kind')
const peek = sql('reply_wish_peek', 'select kind from reply_wish where conversation_id = $1 and user_id = $2')

export const putReplyWish = (db: Db, conversationId: number, userId: number, kind: string, nowTs: number) =>
  db.run(put, [conversationId, userId, kind, nowTs])
/** And forgets it. */
export const takeReplyWish = async (db: Db, conversationId: number, userId: number) =>
  (await db.row<{ kind: string }>(take, [conversationId, userId]))?.kind
export const replyWish = async (db: Db, conversationId: number, userId: number) =>
  (await db.row<{ kind: string }>(peek, [conversationId, userId]))?.kind
