-- The pages that citizens see: codes that open them, and who has them open.

create table citizen_code (
  id text primary key,
  agency_id int not null references agency (id),
  address_id bigint references address (id) on delete cascade,
  code_hash bytea not null,
  tries_left int not null,
  expires_ts bigint not null
);
comment on table citizen_code is 'A code on its way to an address. One whose address is null went nowhere: whoever asks for somebody else''s address sees no difference.';
comment on column citizen_code.code_hash is 'Keyed hash of id and code: a dump does not tell it.';
create index citizen_code_expires on citizen_code (expires_ts);

create table citizen_session (
  token_hash bytea primary key,
  agency_id int not null references agency (id),
  address_id bigint not null references address (id) on delete cascade,
  is_strong boolean not null default false,
  language text not null,
  begun_ts bigint not null,
  seen_ts bigint not null
);
comment on table citizen_session is 'Pages that somebody has open who proved an address. SHA-256 of the cookie''s token.';
comment on column citizen_session.is_strong is 'She also knew the word that was agreed at the counter: private messages are shown.';
create index citizen_session_seen on citizen_session (seen_ts);

create table citizen_word (
  person_id int primary key references person (id),
  word_hash bytea not null,
  tries_left int not null,
  set_ts bigint not null
);
comment on table citizen_word is 'The word that a person agreed at the counter, as a keyed hash: without the master key it cannot be guessed at.';
