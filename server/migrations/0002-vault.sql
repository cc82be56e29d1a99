-- The vault: master key (a file beside the data directory, never in here) → key-encryption keys → data keys. Every key in
-- these tables is wrapped by the one above it (AES-256-GCM, bound to its id, kind and label), so a dump opens nothing.

create sequence key_encryption_key_id as int;
create table key_encryption_key (
  id int primary key,
  wrapped bytea not null,
  is_retired boolean not null default false,
  created_ts bigint not null
);
comment on table key_encryption_key is 'Keys that wrap data keys; themselves wrapped by the master key.';
comment on column key_encryption_key.is_retired is
  'A rotation is moving its data keys to the newest key; no data key is born under it, and it goes when the last has left.';

create sequence data_key_id as bigint;
create table data_key (
  id bigint primary key,
  kind text not null check (kind in ('room', 'person', 'file', 'server')),
  label text not null default '',
  key_encryption_key_id int not null references key_encryption_key (id),
  wrapped bytea not null,
  created_ts bigint not null
);
comment on table data_key is 'One key per room, person, file and kind of server secret. Deleting the row shreds what it sealed.';
comment on column data_key.label is 'What a server key is for; empty for the others, whose owners name the key instead.';
create unique index data_key_server on data_key (label) where kind = 'server';
create index data_key_encryption on data_key (key_encryption_key_id, id);

create table destroyed_key (
  id bigint primary key,
  kind text not null,
  destroyed_ts bigint not null
);
comment on table destroyed_key is 'Ids of keys that were destroyed on purpose; a restored backup destroys them again.';
