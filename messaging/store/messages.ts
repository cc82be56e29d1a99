/** Table `event`, of it the messages (`m.room.message`): by sender, and of several rooms together. */
import { type Db, sql } from '#platform/api.ts'
import { type EventRow, eventColumns, inTimeline } from './events.ts'

const isMessage = `e.type = 'm.room.message' and ${inTimeline}`
const bySender = sql(
  'message_by_sender',
  `select ${eventColumns} from event e
   where e.room_id = $1 and e.sender_id = $2 and e.ordering < $3 and ${isMessage}
   order by e.ordering desc limit $4`,
)
const last = sql(
  'message_last',
  `select ${eventColumns} from event e where e.room_id = $1 and ${isMessage} order by e.ordering desc limit $2`,
)
const ofRooms = sql(
  'message_of_rooms',
  `select ${eventColumns} from event e where e.room_id = any($1::int[]) and ${isMessage}
   order by e.origin_ts desc, e.id desc limit $2`,
)
const ofRoomsBefore = sql(
  'message_of_rooms_before',
  `select ${eventColumns} from event e, (select origin_ts, id from event where matrix_id = $3) as place
   where e.room_id = any($1::int[]) and ${isMessage} and (e.origin_ts, e.id) < (place.origin_ts, place.id)
   order by e.origin_ts desc, e.id desc limit $2`,
)

/** Newest first, those before a place in the timeline. */
export const messageRowsBySender = (db: Db, roomId: number, senderId: number, before: number, limit: number) =>
  db.rows<EventRow>(bySender, [roomId, senderId, before, limit])

/** Newest first. */
export const lastMessageRows = (db: Db, roomId: number, limit: number) => db.rows<EventRow>(last, [roomId, limit])

/** Newest first; `before` is the Matrix id of an event, an unknown one has none before it. */
export const messageRowsOfRooms = (db: Db, roomIds: readonly number[], before: string | undefined, limit: number) =>
  before === undefined
    ? db.rows<EventRow>(ofRooms, [roomIds, limit])
    : db.rows<EventRow>(ofRoomsBefore, [roomIds, limit, before])
