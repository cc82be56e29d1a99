-- Look-ups that would otherwise go through all that ever happened in a room.

-- Receipts share the log with events, and in a large room there are a thousand of them for one event.
drop index log_room;
create index log_room_events on log (room_id, position) where kind = 1;
create index log_room_receipts on log (room_id, position) where kind = 2;
-- Where in the log an event stands: for state at an event.
create index log_event on log (reference) where kind = 1;

-- State that is no membership: a handful of rows beside thousands of members.
create index room_state_others on room_state (room_id, type, from_position) where user_id is null;

create index event_thread on event (room_id, ordering) where relation = 'm.thread';

-- A room is forgotten for as long as the person's membership of then is her newest.
alter table forgotten_room add column event_id bigint not null default 0;
comment on column forgotten_room.event_id is 'The member event by which the person was out of the room when she forgot it.';
