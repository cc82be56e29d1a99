-- Who is told of what on devices that do not listen: pushers, and what waits to be sent to them.

create table pusher (
  id bigint generated always as identity primary key,
  user_id int not null,
  device_id text not null,
  address_hash bytea not null,
  sealed bytea not null,
  set_ts bigint not null,
  badge int,
  attempts int not null default 0,
  retry_ts bigint not null default 0,
  leased_until_ts bigint not null default 0,
  unique (user_id, address_hash),
  foreign key (user_id, device_id) references device (user_id, device_id) on delete cascade
);
comment on table pusher is 'Where a device wants to be told of what happens while it sleeps. It goes when its device signs out.';
comment on column pusher.address_hash is 'Keyed hash of app id and push key, which together name one app on one device.';
comment on column pusher.sealed is 'Under the key of the person; purpose pusher, subject user id and address hash.';
comment on column pusher.badge is 'How many rooms with something unread the gateway was last told of.';
comment on column pusher.retry_ts is 'Nothing is sent before. Past: when it was last served; to come: its gateway did not take what was sent, attempts times running.';
comment on column pusher.leased_until_ts is 'A server sends to it until then; past it that server died, and another may.';
create index pusher_address on pusher (address_hash);
create index pusher_device on pusher (user_id, device_id);

create table push_waiting (
  pusher_id bigint not null references pusher (id) on delete cascade,
  position bigint not null,
  event_id bigint,
  queued_ts bigint not null,
  primary key (pusher_id, position)
);
comment on table push_waiting is 'What is to be sent, in the order of the log. Filled by the reader push of the log.';
comment on column push_waiting.event_id is 'Null when only the number on the app''s icon changed, because the person has read.';
