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

-- Search. Derived: the reader `search` of the log fills it, and fills it again when table and reader are emptied.
create table message_words (
  event_id bigint primary key,
  room_id int not null references room (id) on delete cascade,
  position bigint not null,
  words bigint[] not null
);
comment on table message_words is 'Which words a message holds, as hashes under a key of its room; an edited one those of its edit.';
comment on column message_words.position is 'Where the message stands in the log: what is newest is found first.';
comment on column message_words.words is '48 bits each. Equal words have equal hashes within one room and nowhere else.';
-- A short list of what is not sorted in yet: every search goes through it.
create index message_words_found on message_words using gin (words) with (gin_pending_list_limit = 256);
create index message_words_recent on message_words (position);
create index message_words_room on message_words (room_id);
