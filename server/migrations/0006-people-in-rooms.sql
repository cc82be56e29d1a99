-- What people keep beside the events: receipts, account data, filters, profiles, aliases, mentions.

create table receipt (
  id bigint generated always as identity primary key,
  room_id int not null references room (id),
  user_id int not null,
  type text not null,
  thread text not null,
  event_id text not null,
  ordering bigint not null,
  ts bigint not null,
  unique (room_id, user_id, type, thread)
);
comment on table receipt is 'How far a person has read. type is m.read or m.read.private; thread is empty, main or an event id.';
create index receipt_user on receipt (user_id, room_id);

create table account_data (
  id bigint generated always as identity primary key,
  user_id int not null,
  room_id int,
  type text not null,
  sealed bytea not null,
  unique nulls not distinct (user_id, room_id, type)
);
comment on table account_data is 'Account data, tags, read markers: sealed under the person''s key, bound to user, room and type.';

create table sync_filter (
  id int generated always as identity primary key,
  user_id int not null,
  hash bytea not null,
  sealed bytea not null,
  unique (user_id, hash)
);

create table profile (
  user_id int primary key,
  sealed bytea not null
);
comment on table profile is 'Display name, avatar and further fields as one sealed JSON object.';

create table room_alias (
  hash bytea primary key,
  room_id int not null references room (id),
  creator_id int not null,
  sealed bytea not null
);
comment on table room_alias is 'hash is the keyed hash of the whole alias; sealed is the alias under the key of the room.';
create index room_alias_room on room_alias (room_id);

create table room_directory (
  room_id int primary key references room (id)
);
comment on table room_directory is 'Rooms that everybody may find.';

create table forgotten_room (
  user_id int not null,
  room_id int not null references room (id),
  primary key (user_id, room_id)
);
comment on table forgotten_room is 'Rooms that a person left and wants to hear no more of.';
