-- What end-to-end encryption needs of a server: public keys of devices and people, signatures upon them, messages for
-- single devices, backups of room keys. What belongs to a device dies with its row. Keys are public, and sealed all the
-- same: whoever could write into the database could else give a person another's keys.

create table device_keys (
  user_id int not null,
  device_id text not null,
  sealed bytea not null,
  primary key (user_id, device_id),
  foreign key (user_id, device_id) references device (user_id, device_id) on delete cascade
);
comment on table device_keys is 'Identity keys of devices, as uploaded, with the signatures of their own person merged in.';
comment on column device_keys.sealed is 'Under the key of the person; purpose device_keys, subject user id / device id.';

create table one_time_key (
  user_id int not null,
  device_id text not null,
  algorithm text not null,
  key_id text not null,
  ordinal bigint generated always as identity,
  claimed_ts bigint,
  sealed bytea not null,
  primary key (user_id, device_id, algorithm, key_id),
  foreign key (user_id, device_id) references device (user_id, device_id) on delete cascade
);
comment on table one_time_key is 'Keys that are each given to one claimer. A claimed one stays for a while, so that an upload that is repeated does not bring it back.';
comment on column one_time_key.ordinal is 'The order of upload, in which they are given.';
comment on column one_time_key.sealed is 'Under the key of the person; purpose one_time_key, subject user id / device id / algorithm:key id.';
create index one_time_key_next on one_time_key (user_id, device_id, algorithm, ordinal) where claimed_ts is null;
create index one_time_key_claimed on one_time_key (claimed_ts) where claimed_ts is not null;

create table fallback_key (
  user_id int not null,
  device_id text not null,
  algorithm text not null,
  key_id text not null,
  is_used boolean not null default false,
  sealed bytea not null,
  primary key (user_id, device_id, algorithm),
  foreign key (user_id, device_id) references device (user_id, device_id) on delete cascade
);
comment on table fallback_key is 'Given to every claimer when no one-time key is left; one an algorithm. Sealed like one-time keys, purpose fallback_key.';

create table cross_signing_key (
  user_id int not null references users (id),
  usage text not null check (usage in ('master', 'self_signing', 'user_signing')),
  public_key text not null,
  sealed bytea not null,
  primary key (user_id, usage)
);
comment on table cross_signing_key is 'By which people vouch for their devices and for each other; signatures of their own person are merged in.';
comment on column cross_signing_key.sealed is 'Under the key of the person; purpose cross_signing_key, subject user id / usage / public key.';

create table key_signature (
  signer_id int not null references users (id),
  target_id int not null references users (id),
  target_key text not null,
  key_id text not null,
  sealed bytea not null,
  primary key (signer_id, target_id, target_key, key_id)
);
comment on table key_signature is 'Signatures upon the master keys of others. Only who made one may see it.';
comment on column key_signature.target_key is 'The public master key that is signed.';
comment on column key_signature.key_id is 'The user-signing key that signed, with its algorithm.';
create index key_signature_upon on key_signature (target_id);
comment on column key_signature.sealed is 'Under the key of the signer; purpose key_signature, subject signer / target / target key / key id.';

create table to_device (
  user_id int not null,
  device_id text not null,
  position bigint not null,
  sealed bytea not null,
  primary key (user_id, device_id, position),
  foreign key (user_id, device_id) references device (user_id, device_id) on delete cascade
);
comment on table to_device is 'Messages that wait for a device, until it comes back with the token that followed them.';
comment on column to_device.position is 'Its place in the log.';
comment on column to_device.sealed is 'Type, sender and content, under the key of the recipient; purpose to_device, subject user id / device id.';

create table to_device_transaction (
  key bytea primary key,
  created_ts bigint not null
);
comment on table to_device_transaction is 'A hash of device, path and transaction id of what was sent to devices; kept as long as those of events.';
create index to_device_transaction_age on to_device_transaction (created_ts);

create table key_backup (
  user_id int not null references users (id),
  version int not null,
  algorithm text not null,
  etag bigint not null default 0,
  count int not null default 0,
  deleted boolean not null default false,
  sealed bytea not null,
  primary key (user_id, version)
);
comment on table key_backup is 'Versions of a person''s backup of room keys. A deleted one keeps its row, so that its number is never given again.';
comment on column key_backup.etag is 'Counts the changes to its keys.';
comment on column key_backup.sealed is 'auth_data under the key of the person; purpose key_backup, subject user id / version.';

create table key_backup_session (
  user_id int not null,
  version int not null,
  room_id text not null,
  session_id text not null,
  is_verified boolean not null,
  first_message_index bigint not null,
  forwarded_count bigint not null,
  sealed bytea not null,
  primary key (user_id, version, room_id, session_id),
  foreign key (user_id, version) references key_backup (user_id, version) on delete cascade
);
comment on table key_backup_session is 'Backed-up keys, encrypted by the client; the Matrix id of the room may be of one that this server never saw.';
comment on column key_backup_session.sealed is 'session_data under the key of the person; purpose key_backup_session, subject user id / version / room / session.';

create table dehydrated_device (
  user_id int primary key,
  device_id text not null,
  sealed bytea not null,
  foreign key (user_id, device_id) references device (user_id, device_id) on delete cascade
);
comment on table dehydrated_device is 'The one device of a person that nobody is signed in on and that receives keys meanwhile.';
comment on column dehydrated_device.sealed is 'device_data under the key of the person; purpose dehydrated_device, subject user id / device id.';

-- Where device lists changed, for everybody at once.
create index log_device_lists on log (position) where kind = 6;

-- Puts messages before devices and into the log, in one transaction. Devices that are gone are passed over. Answers
-- nothing when the transaction id was used before.
create function send_to_devices(t_key bytea, now_ts bigint, m_user int[], m_device text[], m_sealed bytea[])
returns table (log_position bigint, recipient int)
language plpgsql as $$
declare
  found_count int;
  first_position bigint;
begin
  insert into to_device_transaction (key, created_ts) values (t_key, now_ts) on conflict do nothing;
  if not found then return; end if;
  -- In the order of their ids, and before positions are drawn: whoever ends devices takes both in this order as well.
  perform 1 from device d
  where (d.user_id, d.device_id) in (select m.user_id, m.device_id from unnest(m_user, m_device) as m(user_id, device_id))
  order by d.user_id, d.device_id for key share;
  get diagnostics found_count = row_count;
  if found_count = 0 then return; end if;

  first_position := log_positions(found_count);
  return query
  with message as (
    select d.user_id, d.device_id, m.sealed, first_position + row_number() over (order by m.n) - 1 as position
    from unnest(m_user, m_device, m_sealed) with ordinality as m(user_id, device_id, sealed, n)
    join device d on d.user_id = m.user_id and d.device_id = m.device_id
  ), kept as (
    insert into to_device (user_id, device_id, position, sealed)
    select message.user_id, message.device_id, message.position, message.sealed from message
  )
  insert into log (position, kind, room_id, user_id, reference)
  select message.position, 5, null, message.user_id, null from message
  returning position, user_id;
end
$$;
