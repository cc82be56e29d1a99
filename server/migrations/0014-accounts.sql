-- Ways to sign in and to get an account besides passwords and invitations. Tokens stand only as hashes. Times are
-- milliseconds since 1970.

create table login_token (
  token_hash bytea primary key,
  user_id int not null references account (user_id),
  expires_ts bigint not null
);
comment on table login_token is 'Signs in once, without a password, soon after it was made (m.login.token).';
create index login_token_user on login_token (user_id);

create table confirmation (
  id_hash bytea primary key,
  act_hash bytea not null,
  completed text[] not null,
  registration_token_id text,
  expires_ts bigint not null
);
comment on table confirmation is 'User-interactive authentication that is under way: which stages were passed, for which act.';
comment on column confirmation.act_hash is 'SHA-256 of who does what; a confirmation for one act opens no other.';
comment on column confirmation.registration_token_id is 'The registration token that was shown; it is used up with the account.';
create index confirmation_expires on confirmation (expires_ts);

create table registration_token (
  id text primary key,
  token_hash bytea not null unique,
  sealed_token bytea not null,
  uses int not null default 0,
  uses_max int,
  created_ts bigint not null,
  expires_ts bigint
);
comment on table registration_token is 'Whoever knows one may make an account, where registration asks for it.';
comment on column registration_token.sealed_token is 'So that administrators can show it again; server key "registration", purpose registration.token, subject id.';
comment on column registration_token.uses_max is 'How many accounts it makes; null for any number.';

create table open_id_token (
  token_hash bytea primary key,
  user_id int not null references account (user_id),
  expires_ts bigint not null
);
comment on table open_id_token is 'Proves to another service who somebody is, and opens nothing here.';
create index open_id_token_user on open_id_token (user_id);

create table erasure (
  user_id int primary key references users (id),
  created_ts bigint not null
);
comment on table erasure is 'People who asked to be erased. What they said is shown without its content to whoever was not in the room when they said it.';
