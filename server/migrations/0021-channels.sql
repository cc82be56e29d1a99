-- How words travel to citizens: what providers called us with, kept until it is handed over and for some weeks after.

create table channel (
  id text primary key,
  born_ts bigint not null
);
comment on table channel is 'Channels that the configuration has named, and since when: providers are asked for nothing earlier.';
comment on column channel.id is 'The id that the configuration gives it.';

create table channel_key (
  channel_id text not null,
  day int not null,
  key_id bigint not null references data_key (id) on delete cascade,
  primary key (channel_id, day)
);
comment on table channel_key is
  'Keys of what came in on a channel, one a day, so that a day''s payloads die with their key and nothing else does.';
comment on column channel_key.day is 'Days since 1970, UTC.';

create table channel_hook (
  id bigint primary key generated always as identity,
  channel_id text not null,
  identity_hash bytea not null,
  is_receipt boolean not null,
  is_urgent boolean not null default false,
  sender_hash bytea,
  received_ts bigint not null,
  due_ts bigint not null,
  attempts int not null default 0,
  handed_ts bigint,
  failed_ts bigint,
  key_id bigint,
  sealed bytea,
  unique (channel_id, identity_hash)
);
comment on table channel_hook is
  'Web hooks and mails that were accepted. Answered with success after the commit that stored them, and handed over after that.';
comment on column channel_hook.channel_id is 'The id that the configuration gives the channel.';
comment on column channel_hook.identity_hash is
  'Keyed hash of what the provider knows it by: the same again is the same hook. Kept for messages when the payload is gone.';
comment on column channel_hook.is_urgent is 'A command such as STOP: goes before what the same sender wrote earlier.';
comment on column channel_hook.sender_hash is 'Keyed hash of the sender''s address; null for receipts.';
comment on column channel_hook.due_ts is 'Not handed over before: moves on when handing over failed.';
comment on column channel_hook.failed_ts is 'When the last permitted attempt failed. Kept for a person to look at until it dies with the rest.';
comment on column channel_hook.sealed is
  'What came, under the key of the channel and day; null once it has died: a receipt''s with its handing over, a message''s after some weeks or with its sender''s erasure.';
create index channel_hook_message on channel_hook (channel_id, sender_hash, is_urgent desc, id)
  where not is_receipt and handed_ts is null and failed_ts is null;
create index channel_hook_receipt on channel_hook (due_ts, id) where is_receipt and handed_ts is null and failed_ts is null;
create index channel_hook_age on channel_hook (received_ts) where sealed is not null or is_receipt;

create table channel_sender (
  channel_id text not null,
  sender_hash bytea not null,
  full_ts bigint not null default 0,
  due_ts bigint,
  newest_id bigint not null,
  leased_until_ts bigint,
  leased_by int,
  primary key (channel_id, sender_hash)
);
comment on table channel_sender is
  'Who wrote on a channel. One server at a time hands over one sender''s messages, in order, and no faster than the bound.';
comment on column channel_sender.full_ts is
  'When her bucket of messages is full again (generic cell rate algorithm): who floods waits, and nobody waits for her.';
comment on column channel_sender.due_ts is 'When something of hers may be handed over; null when nothing waits.';
comment on column channel_sender.leased_by is 'The server (node) that serves her until leased_until_ts, or until it dies.';
comment on column channel_sender.newest_id is
  'Her newest hook. Whoever ends a lease sees by it that something came meanwhile.';
create index channel_sender_due on channel_sender (due_ts) where due_ts is not null;

create table channel_count (
  channel_id text not null,
  what text not null,
  count bigint not null,
  primary key (channel_id, what)
);
comment on table channel_count is
  'How often what happened on a channel since it was born: hooks taken, forged, stale and so on; sends by their outcome.';

create table channel_forget (
  id bigint primary key generated always as identity,
  channel_id text not null,
  reference text not null,
  due_ts bigint not null,
  tries int not null default 0,
  unique (channel_id, reference)
);
comment on table channel_forget is
  'Messages of citizens who were erased that a provider is still to delete, by its own names for them. Deleted there is gone here.';
comment on column channel_forget.due_ts is 'Not before this: who asks moves it, and so no other server asks meanwhile.';
create index channel_forget_due on channel_forget (due_ts);
