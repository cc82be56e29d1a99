-- What is found in timelines: by relation, by time.

-- A page of what refers to an event is read in the order of the timeline, whatever else refers to it.
drop index event_relation;
create index event_relation on event (relates_to, relation, ordering) where relates_to is not null;
-- How many replies a thread has, and whose: counted without touching the events.
create index event_thread_replies on event (relates_to, ordering) include (room_id, sender_id)
  where relation = 'm.thread' and status = 0 and redacted_by is null;
create index event_time on event (room_id, origin_ts, ordering);

create table annotation (
  hash bytea primary key,
  event_id bigint not null
);
comment on table annotation is
  'Reactions that stand: one for each person, event, type and key. Two that arrive at the same moment collide here.';
comment on column annotation.hash is 'Keyed hash of room, sender, type of event, target and key.';
comment on column annotation.event_id is 'The reaction. When it is redacted, the row goes and it may be made again.';
create index annotation_event on annotation (event_id);
