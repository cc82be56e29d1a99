/** Table `message_words`: hashes of the words of messages under a key of their room. Derived: the log's reader `search` fills it. */
import { type Db, sql } from '#platform/api.ts'

const put = sql(
  'message_words_put',
  `insert into message_words (event_id, room_id, position, words)
   select w.event_id, w.room_id, w.position, w.words::bigint[]
   from unnest($1::bigint[], $2::int[], $3::bigint[], $4::text[]) as w(event_id, room_id, position, words)
   join room r on r.id = w.room_id
   on conflict (event_id) do update set words = excluded.words`,
)
const remove = sql('message_words_remove', 'delete from message_words where event_id = any($1::bigint[])')
const removeOfRoom = sql('message_words_remove_of_room', 'delete from message_words where room_id = $1')
/** Rooms whose members encrypt, each with the position since when. */
const encrypted = sql(
  'message_words_encrypted_rooms',
  `select room_id as "roomId", min(from_position) as since from room_state
   where room_id = any($1::int[]) and type = 'm.room.encryption' and state_key = '' and user_id is null
   group by room_id`,
)

/*
 * The planner must never walk the messages from the newest back until enough are found: for a rare word that is all of them. So
 * the sorting stands outside of a fence, and what is compared besides the words cannot be looked up in an index.
 */
const wanted = `wanted as materialized (
  select t.room_id, t.words::bigint[] as words from unnest($1::int[], $2::text[]) as t(room_id, words))`
const probe = `select w.event_id, w.room_id, w.position from wanted t cross join lateral (
    select * from message_words m where m.words @> t.words and m.room_id + 0 = t.room_id and m.position + 0 < $3 offset 0) w`
const some = sql(
  'message_words_some',
  `with ${wanted}, hit as materialized (${probe} limit $4)
   select event_id as "eventId", room_id as "roomId", position from hit order by position desc`,
)
const newest = sql(
  'message_words_newest',
  `with ${wanted}, hit as materialized (${probe})
   select event_id as "eventId", room_id as "roomId", position from hit order by position desc limit $4`,
)
const recent = sql(
  'message_words_recent',
  `with ${wanted}, recent as materialized (
     select event_id, room_id, position, words from message_words where position < $3 order by position desc limit $5)
   select m.event_id as "eventId", m.room_id as "roomId", m.position from recent m join wanted t on t.room_id = m.room_id
   where m.words @> t.words order by m.position desc limit $4`,
)

export type WordsRow = { eventId: number; roomId: number; position: number; words: readonly number[] }
export type Hit = { eventId: number; roomId: number; position: number }

/** The words of a room, hashed under its key: a message must have all of them. */
export type WantedWords = { readonly roomId: number; readonly words: readonly number[] }

const literal = (numbers: readonly number[]) => `{${numbers.join(',')}}`
const values = (rooms: readonly WantedWords[], before: number) => [
  rooms.map((room) => room.roomId),
  rooms.map((room) => literal(room.words)),
  before,
]

/** New rows, or new words of known ones. Rooms that are gone are passed over. */
export const putWords = (db: Db, rows: readonly WordsRow[]) =>
  db.run(put, [
    rows.map((row) => row.eventId),
    rows.map((row) => row.roomId),
    rows.map((row) => row.position),
    rows.map((row) => literal(row.words)),
  ])

export const removeWords = (db: Db, eventIds: readonly number[]) => db.run(remove, [eventIds])

export async function encryptedSince(db: Db, roomIds: readonly number[]): Promise<Map<number, number>> {
  const rows = await db.rows<{ roomId: number; since: number }>(encrypted, [roomIds])
  return new Map(rows.map((row) => [row.roomId, row.since]))
}

/** Messages that have the words, newest first; as many as `limit` means that there may be any others. */
export const someHits = (db: Db, rooms: readonly WantedWords[], before: number, limit: number) =>
  db.rows<Hit>(some, [...values(rooms, before), limit])

/** The newest messages that have the words, among the newest `window` of all rooms. */
export const recentHits = (db: Db, rooms: readonly WantedWords[], before: number, limit: number, window: number) =>
  db.rows<Hit>(recent, [...values(rooms, before), limit, window])

/** The newest messages that have the words, after a look at every one that has them. */
export const newestHits = (db: Db, rooms: readonly WantedWords[], before: number, limit: number) =>
  db.rows<Hit>(newest, [...values(rooms, before), limit])

export const deleteWordsOfRoom = (db: Db, roomId: number) => db.run(removeOfRoom, [roomId])
