-- Citizens: agencies, the people they know, their addresses and gates, what they agreed to. Every row about a citizen carries
-- its agency. Names, addresses, wordings, reasons and proofs are sealed. Times are milliseconds since 1970.

create table agency (
  id int generated always as identity primary key,
  key text not null unique,
  sealed_name bytea,
  country text not null,
  language text not null,
  created_ts bigint not null
);
comment on table agency is 'Who answers for what is written to citizens (the controller).';
comment on column agency.key is 'Its short name in requests.';
comment on column agency.sealed_name is 'Server key "agencies", purpose agency.name, subject key; null: it is called like the organisation.';
comment on column agency.country is 'ISO 3166-1; ZZ while unknown: numbers without a country code are refused then.';

create table agency_staff (
  agency_id int not null references agency (id),
  user_id int not null references users (id),
  since_ts bigint not null,
  primary key (agency_id, user_id)
);
comment on table agency_staff is 'Who works for an agency; kept in memory on every node, which the log keeps true.';

create table person (
  id int generated always as identity primary key,
  public_id text not null unique,
  agency_id int not null references agency (id),
  state text not null check (state in ('active', 'merged', 'erasing', 'erased')),
  merged_into int references person (id),
  data_key_id bigint,
  sealed_details bytea,
  name_words bigint[] not null default '{}',
  created_ts bigint not null,
  changed_ts bigint not null
);
comment on table person is 'Citizens, each as one agency knows her. Erased ones stay as an empty row, so that their random id is not given again.';
comment on column person.merged_into is 'The record that counts for this one, while it is merged.';
comment on column person.data_key_id is 'Seals what belongs to her alone; destroyed when she is erased.';
comment on column person.sealed_details is 'Names and language as JSON; purpose person.details, subject public id.';
comment on column person.name_words is 'Hashes of the words of her names under a key of the agency, for searches.';
create index person_agency on person (agency_id, id desc) where state = 'active';
create index person_merged on person (merged_into) where merged_into is not null;
create index person_words on person using gin (name_words) where state in ('active', 'merged');
create index person_erasing on person (id) where state = 'erasing';

create table address_gate (
  id bigint generated always as identity primary key,
  hash bytea not null unique
);
comment on table address_gate is 'One for each address in the world, born with it: sends lock it shared, whatever ends a permission locks it alone.';
comment on column address_gate.hash is 'Keyed hash of kind and normalised address; shared by all agencies, so that STOP for all of them shuts one row.';

create table address (
  id bigint generated always as identity primary key,
  public_id text not null unique,
  agency_id int not null references agency (id),
  kind text not null check (kind in ('sms', 'mail', 'inbox')),
  hash bytea not null,
  gate_id bigint not null references address_gate (id),
  person_id int references person (id),
  data_key_id bigint not null,
  sealed_value bytea not null,
  verified_ts bigint,
  is_shared boolean not null default false,
  is_read_by_others boolean not null default false,
  written_ts bigint,
  good_ts bigint,
  created_ts bigint not null,
  unique (agency_id, hash),
  check (person_id is null or not is_shared)
);
comment on table address is 'Where citizens are reached, each as one agency knows it.';
comment on column address.person_id is 'Null while nobody knows whose it is, and while several people share it.';
comment on column address.data_key_id is 'A key of its own, so that an address can change hands without being sealed again; purpose address.value, subject public id.';
comment on column address.is_read_by_others is 'Safe contact: no sensitive word and no code to sign in goes there.';
comment on column address.written_ts is 'When she last wrote from it.';
comment on column address.good_ts is 'When something last certainly arrived there, or came from there.';
create index address_person on address (person_id) where person_id is not null;
create index address_gate_of on address (gate_id);

create table purpose (
  id int generated always as identity primary key,
  public_id text not null unique,
  agency_id int not null references agency (id),
  key_hash bytea not null,
  sealed_text bytea not null,
  basis text not null check (basis in ('consent', 'legal-duty', 'public-task', 'emergency')),
  wording_version int not null default 1,
  closed_ts bigint,
  created_ts bigint not null,
  unique (agency_id, key_hash)
);
comment on table purpose is 'What an agency may write about.';
comment on column purpose.sealed_text is 'Key and title as JSON, server key "purposes", purpose purpose.text, subject public id: some titles tell what people are ill with.';

create table purpose_wording (
  purpose_id int not null references purpose (id),
  version int not null,
  language text not null,
  sealed_text bytea not null,
  created_ts bigint not null,
  primary key (purpose_id, version, language)
);
comment on table purpose_wording is 'What is shown to whoever agrees; never changed, only followed by a newer version. Server key "purposes", purpose purpose.wording, subject public id of the purpose / version / language.';

create table consent_chain (
  agency_id int primary key references agency (id),
  seq bigint not null,
  hash bytea not null
);
comment on table consent_chain is 'The newest consent event of each agency; whoever appends locks it.';

create table consent_event (
  agency_id int not null references agency (id),
  seq bigint not null,
  public_id text not null unique,
  person_id int,
  address_id bigint,
  purpose_id int references purpose (id),
  act text not null,
  source text not null,
  at_ts bigint not null,
  undoes_seq bigint,
  erases bigint[],
  key_id bigint,
  sealed bytea,
  commitment bytea not null,
  prev_hash bytea not null,
  hash bytea not null,
  mac bytea not null,
  primary key (agency_id, seq)
);
comment on table consent_event is 'What citizens agreed to and ended. Append-only: a row changes once, when it is erased, and then loses holder and contents.';
comment on column consent_event.person_id is 'Who agreed; null where an address did that nobody knows.';
comment on column consent_event.erases is 'Of an erasure: the places in the chain whose contents are gone.';
comment on column consent_event.key_id is 'The key that sealed it: of the person or the address.';
comment on column consent_event.sealed is 'Salt, details and proof as JSON; purpose consent.event, subject public id. Gone once erased.';
comment on column consent_event.commitment is 'SHA-256 of salt and details: without the salt nobody can tell what they were.';
comment on column consent_event.hash is 'SHA-256 of what is readable of the row, its commitment and the hash before it.';
comment on column consent_event.mac is 'Of hash, under a key that is not in the database: whoever can write here alone cannot write a new chain.';
create index consent_event_person on consent_event (person_id, seq) where person_id is not null;
create index consent_event_address on consent_event (address_id, seq) where address_id is not null;

create table consent_state (
  agency_id int not null references agency (id),
  person_id int,
  address_id bigint,
  purpose_id int not null references purpose (id),
  state text not null check (state in ('granted', 'requested', 'withdrawn')),
  since_ts bigint not null,
  seq bigint not null,
  check ((person_id is null) <> (address_id is null))
);
comment on table consent_state is 'What holds now; derived from consent_event, and can be derived again.';
comment on column consent_state.seq is 'The event that made it so. Of records that were merged the greatest counts.';
create unique index consent_state_person on consent_state (person_id, purpose_id) where person_id is not null;
create unique index consent_state_address on consent_state (address_id, purpose_id) where address_id is not null;
create index consent_state_agency on consent_state (agency_id);

create table suppression (
  id bigint generated always as identity primary key,
  hash bytea not null,
  agency_id int references agency (id),
  purpose_id int references purpose (id),
  channel_id text,
  reason text not null check (reason in ('stopped', 'held', 'bounced', 'complained', 'provider-stopped')),
  at_ts bigint not null,
  withdrew int[] not null default '{}',
  proof_hash bytea not null unique,
  event_id text,
  lifted_ts bigint
);
comment on table suppression is 'Why nothing is sent to an address. By its keyed hash, so that it outlives the person, a merge and a new import.';
comment on column suppression.agency_id is 'Null: for all agencies.';
comment on column suppression.purpose_id is 'Null: for all purposes.';
comment on column suppression.channel_id is 'The only sender that it is about; null: all.';
comment on column suppression.withdrew is 'Purposes whose consent it ended; START gives them back.';
comment on column suppression.proof_hash is 'Keyed hash of what caused it, so that the same message or call acts once.';
comment on column suppression.event_id is 'The consent event that tells of it.';
create index suppression_hash on suppression (hash) where lifted_ts is null;

create table preference (
  person_id int primary key references person (id),
  sealed bytea not null,
  changed_ts bigint not null
);
comment on table preference is 'How somebody wants to be written to, as JSON under her key; purpose person.preferences, subject public id.';

create table record_opening (
  id bigint generated always as identity primary key,
  agency_id int not null references agency (id),
  person_id int not null references person (id),
  user_id int,
  service_id text,
  sealed_reason bytea not null,
  opened_ts bigint not null
);
comment on table record_opening is 'Who looked at the record of a citizen who was not in a conversation with her, and why. She can read it.';
comment on column record_opening.sealed_reason is 'Key of the person, purpose person.opening, subject public id of the person.';
create index record_opening_person on record_opening (person_id, opened_ts desc);

create table person_merge (
  id int generated always as identity primary key,
  public_id text not null unique,
  agency_id int not null references agency (id),
  survivor_id int not null references person (id),
  absorbed_id int not null references person (id),
  address_ids bigint[] not null,
  chain_seq bigint not null,
  merged_ts bigint not null,
  undone_ts bigint
);
comment on table person_merge is 'Two records that are of one person. Says what moved, so that it can be undone.';
comment on column person_merge.chain_seq is 'Where the agency''s chain of consent stood.';
create index person_merge_survivor on person_merge (survivor_id);
create index person_merge_absorbed on person_merge (absorbed_id);

create table address_code (
  id text primary key,
  agency_id int not null references agency (id),
  address_id bigint not null references address (id) on delete cascade,
  person_id int,
  purpose_id int references purpose (id),
  code_hash bytea not null,
  link_hash bytea not null unique,
  tries_left int not null,
  expires_ts bigint not null,
  created_ts bigint not null
);
comment on table address_code is 'Codes and links that prove who reads an address.';
comment on column address_code.purpose_id is 'What a confirmation agrees to (double opt-in); null: it only proves the address.';
comment on column address_code.code_hash is 'Keyed: six digits are soon guessed from a plain hash.';
create index address_code_address on address_code (address_id, created_ts desc);
create index address_code_expires on address_code (expires_ts);

create table idempotency (
  id bytea primary key,
  body_hash bytea not null,
  sealed_answer bytea,
  created_ts bigint not null
);
comment on table idempotency is 'What requests with an Idempotency-Key were answered, for 30 days.';
comment on column idempotency.id is 'Keyed hash of who asked, for what, under which key.';
comment on column idempotency.sealed_answer is 'Server key "idempotency", purpose idempotent.answer, subject id in hex. Never null after the commit.';
create index idempotency_created on idempotency (created_ts);
