create table server_key (
  name text primary key,
  sealed bytea not null,
  created_ts bigint not null
);
comment on table server_key is
  'Secrets of the server itself, sealed under a server key of the vault: the signing key of events, for example.';
