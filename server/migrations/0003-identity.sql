-- Who people are: users of all servers, accounts of this one, their devices and sessions, and the ways to get an account.
-- Names, notes and network addresses are sealed by the application; tokens and passwords stand only as hashes.
-- Times are milliseconds since 1970.

create table users (
  id int generated always as identity primary key,
  matrix_id text not null unique,
  is_local boolean not null,
  key_id bigint,
  created_ts bigint not null
);
comment on table users is 'Everybody whom this server has heard of, own or of another server. The long Matrix id stands only here.';
comment on column users.key_id is 'The data key of the person; made with an account, for others at first need.';

create table account (
  user_id int primary key references users (id),
  role text not null,
  password_hash text,
  created_ts bigint not null,
  locked_ts bigint,
  suspended_ts bigint,
  deactivated_ts bigint,
  is_erased boolean not null default false,
  departed_ts bigint
);
comment on table account is 'Who may sign in here. A deactivated account keeps its row, so that its name is never given to another.';
comment on column account.role is 'owner, administrator, member or guest; what a role permits is known to access alone.';
comment on column account.locked_ts is 'Since when nothing but signing out is let through; null when it is not locked.';
comment on column account.is_erased is 'Closed with the wish that nothing of the person stays that need not.';
comment on column account.departed_ts is 'When a closed account had left all rooms and what belonged to it was deleted; null until that is done.';
create index account_departing on account (user_id) where deactivated_ts is not null and departed_ts is null;
comment on column account.suspended_ts is 'Since when the person may read and not write; null when she is not suspended.';
comment on column account.password_hash is 'argon2id as a PHC string, with a secret of the vault mixed in; null cannot sign in by password.';
create index account_owner on account (user_id) where role = 'owner' and deactivated_ts is null;

create table device (
  user_id int not null references account (user_id),
  device_id text not null,
  sealed_name bytea,
  created_ts bigint not null,
  last_seen_ts bigint,
  sealed_last_seen_ip bytea,
  primary key (user_id, device_id)
);
comment on table device is 'A client where somebody signed in. It is deleted when its session ends.';
comment on column device.sealed_name is 'Under the key of the person; purpose device.name, subject user id / device id.';
comment on column device.last_seen_ts is 'Written lazily, at most every few minutes: it says about when, not exactly when.';
comment on column device.sealed_last_seen_ip is 'Under the key of the person; purpose device.address, subject user id / device id.';

create table session (
  id bigint generated always as identity primary key,
  user_id int not null,
  device_id text not null,
  token_hash bytea not null unique,
  expires_ts bigint,
  refresh_hash bytea unique,
  next_token_hash bytea unique,
  next_refresh_hash bytea unique,
  next_expires_ts bigint,
  previous_token_hash bytea unique,
  created_ts bigint not null,
  unique (user_id, device_id),
  foreign key (user_id, device_id) references device (user_id, device_id) on delete cascade
);
comment on table session is 'A living sign-in, one a device. Hashes are the SHA-256 of tokens, which stand nowhere.';
comment on column session.expires_ts is 'When the access token ends; null for one that lives as long as the session, which then has no refresh token.';
comment on column session.next_token_hash is 'The pair that a refresh gave and nobody has used yet. Its first use makes it the current one; until then the current one is good, because the answer may have been lost on its way.';
comment on column session.previous_token_hash is 'The access token before the current one, so that whoever still holds it hears "refresh" and not "signed out".';

create table setup_link (
  token_hash bytea primary key,
  created_ts bigint not null
);
comment on table setup_link is 'The one-time link that makes the owner: at most one row, replaced at each start until there is an owner.';

create table installation (
  only_one boolean primary key default true check (only_one),
  sealed_organisation bytea not null
);
comment on table installation is 'One row. The name of the organisation is under the server key "installation".';

create table invitation (
  id text primary key,
  token_hash bytea not null unique,
  sealed_display_name bytea,
  sealed_note bytea,
  created_ts bigint not null,
  expires_ts bigint not null,
  invited_by int not null references account (user_id),
  used_by int references account (user_id),
  used_ts bigint,
  withdrawn_ts bigint
);
comment on table invitation is 'Links by which people get an account. Open until used, withdrawn or expired.';
comment on column invitation.token_hash is 'SHA-256 of the token in the link; the link is shown once and cannot be shown again.';
comment on column invitation.sealed_note is 'Both sealed columns are under the server key "invitation"; subject is the id.';
create index invitation_created on invitation (created_ts desc);
