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
comment on column citizen_code.expires_ts is 'Kept for a day longer: so many codes go to one address in a day, and no more.';
create index citizen_code_address on citizen_code (address_id);
create index citizen_code_expires on citizen_code (expires_ts);

create table citizen_session (
  token_hash bytea primary key,
  agency_id int not null references agency (id),
  address_id bigint not null references address (id) on delete cascade,
  strong_person_id int references person (id),
  language text not null,
  begun_ts bigint not null,
  seen_ts bigint not null
);
comment on table citizen_session is 'Pages that somebody has open who proved an address. SHA-256 of the cookie''s token.';
comment on column citizen_session.strong_person_id is 'Who also knew a word that was agreed with her: her private messages are shown, while the address is hers.';
create index citizen_session_seen on citizen_session (seen_ts);

create table citizen_word (
  person_id int not null references person (id),
  kind text not null check (kind in ('counter', 'own')),
  sealed_word bytea not null,
  tries_left int not null,
  set_ts bigint not null,
  counts_from_ts bigint not null,
  primary key (person_id, kind)
);
comment on table citizen_word is 'Words that a person agreed with the agency: face to face at the counter, or by herself on the pages.';
comment on column citizen_word.kind is 'The word from the counter opens private messages with a code to one address; her own only with codes to two.';
comment on column citizen_word.sealed_word is 'A keyed hash of the word, sealed under the person''s key: nobody reads it, and her erasure destroys it.';
comment on column citizen_word.counts_from_ts is 'A word of her own counts the day after, so that she hears of it first, at her other addresses.';
