-- Tokens for programs that are nobody: they open the API under /api/v1 as far as their scopes say.

create table api_token (
  id text primary key,
  token_hash bytea not null unique,
  scopes text[] not null,
  sealed_name bytea,
  created_by int references account (user_id),
  created_ts bigint not null,
  expires_ts bigint not null,
  last_used_ts bigint
);
comment on table api_token is 'A living token of a program. It is deleted when it is revoked, and some time after it expired.';
comment on column api_token.token_hash is 'SHA-256 of the token, which is shown once and stands nowhere.';
comment on column api_token.scopes is 'Names of permissions. One that is no scope (any more) opens nothing.';
comment on column api_token.sealed_name is 'What it is for; server key "api_token", purpose api_token.name, subject id.';
comment on column api_token.created_by is 'Who made it. It opens nothing that she may not do herself; null for an operator at the command line.';
comment on column api_token.last_used_ts is 'Written lazily, at most every few minutes.';
create index api_token_created on api_token (created_ts desc);
create index api_token_maker on api_token (created_by);
