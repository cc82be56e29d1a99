-- Where an agency and its citizens talk: queues, conversations and what the desk needs beside them. Names and words stand in
-- rooms, sealed; here are only numbers, states and times.

create table queue (
  id int generated always as identity primary key,
  public_id text not null unique,
  agency_id int not null,
  key text not null,
  room_id int not null unique references room (id),
  channels text[] not null,
  created_ts bigint not null,
  unique (agency_id, key)
);
comment on table queue is 'Where conversations wait for somebody to take them. Its room is a space of the agency''s staff, and holds its name.';
comment on column queue.key is 'Its name in configuration and in requests: lower-case letters, digits and hyphens.';
comment on column queue.channels is 'Ids of the channels whose conversations begin here.';

create table conversation (
  id int generated always as identity primary key,
  public_id text not null unique,
  agency_id int not null,
  queue_id int not null references queue (id),
  room_id int not null unique references room (id),
  notes_room_id int not null unique references room (id),
  citizen_user_id int not null unique references users (id),
  person_id bigint,
  address_id bigint not null,
  channel_id text not null,
  kind text not null,
  sensitivity text not null,
  is_ready boolean not null default false,
  state text not null default 'open',
  state_place bigint not null default 0,
  assignee_id int references users (id),
  assignment_place bigint not null default 0,
  opened_ts bigint not null,
  updated_ts bigint not null,
  last_in_ts bigint,
  last_out_ts bigint
);
comment on table conversation is 'One person, one matter, one agency: a room, and a second one for notes of the staff. State and leader repeat what the room says.';
comment on column conversation.citizen_user_id is 'The user as whom her words stand in the room; it has no account, and its name stands in that room alone.';
comment on column conversation.person_id is 'Null while nobody knows whose address it is. No foreign key: the record may be erased.';
comment on column conversation.channel_id is 'By which channel she wrote last, and kind: sms, mail or inbox.';
comment on column conversation.is_ready is 'Whether the rooms are whole: with her in them, linked, and in the queue. False after a crash; the next word finishes it.';
comment on column conversation.state is 'open, waiting (for her) or closed.';
comment on column conversation.state_place is 'Place in the room''s timeline of the event that state comes from; an older one changes nothing. assignment_place: likewise.';
create index conversation_queue on conversation (queue_id, updated_ts desc);
create index conversation_agency on conversation (agency_id, updated_ts desc, id desc);
create index conversation_person on conversation (person_id) where person_id is not null;
create index conversation_address on conversation (address_id);
create index conversation_assignee on conversation (assignee_id) where assignee_id is not null;

create table conversation_line (
  address_id bigint not null,
  channel_id text not null,
  conversation_id int not null references conversation (id),
  primary key (address_id, channel_id)
);
comment on table conversation_line is 'The conversation that words from an address to a channel belong to, unless they say otherwise. Two that begin at the same moment collide here.';
create index conversation_line_conversation on conversation_line (conversation_id);

create table desk_task (
  id bigint generated always as identity primary key,
  what text not null,
  subject_id int not null,
  event_id bigint not null default 0,
  attempts int not null default 0,
  due_ts bigint not null,
  unique (what, subject_id, event_id)
);
comment on table desk_task is 'What the desk still has to do about an event that it has read. Done is gone; doing it twice does no harm.';
comment on column desk_task.subject_id is 'A conversation or, for what concerns its staff, an agency.';
comment on column desk_task.due_ts is 'Not before this: who takes it on moves it, and so nobody else does for a while.';
create index desk_task_due on desk_task (due_ts);

create table canned_reply (
  id int generated always as identity primary key,
  public_id text not null unique,
  agency_id int not null,
  key text not null,
  sealed bytea not null,
  changed_ts bigint not null,
  unique (agency_id, key)
);
comment on table canned_reply is 'Words that staff send often: sealed holds title and texts by language, under the server key "canned replies".';
