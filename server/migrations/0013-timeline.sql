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

create table delayed_event (
  id text primary key,
  user_id int not null,
  device_id text not null,
  room_id int not null references room (id) on delete cascade,
  type text not null,
  state_key text,
  transaction_key bytea unique,
  position bigint not null,
  delay_ms bigint not null,
  running_since_ts bigint not null,
  due_ts bigint not null,
  leased_until_ts bigint,
  finished_ts bigint,
  outcome text check (outcome in ('send', 'cancel')),
  reason text,
  error text,
  event_id text,
  sealed bytea not null
);
comment on table delayed_event is 'Events that the server sends for somebody later, unless they are put off or cancelled (MSC4140).';
comment on column delayed_event.id is 'Random; what clients call it.';
comment on column delayed_event.state_key is 'As in event: null when it is no state event, and never anybody''s words.';
comment on column delayed_event.transaction_key is 'Of the request that asked for it, so that a repeat makes no second one.';
comment on column delayed_event.position is 'The end of the log when it was asked for: state that others set later cancels it.';
comment on column delayed_event.leased_until_ts is 'A server is sending it until then; past it that server died, and another sends it.';
comment on column delayed_event.reason is 'Why it came to its end: delay, action, state or error; error holds a code.';
comment on column delayed_event.sealed is 'Content and state key under the key of the room, bound to the id.';
create index delayed_event_due on delayed_event (due_ts) where finished_ts is null;
create index delayed_event_user on delayed_event (user_id, finished_ts);
create index delayed_event_room on delayed_event (room_id);
