create table installation_fact (
  key text primary key,
  value jsonb not null,
  changed_at timestamptz not null default now()
);

comment on table installation_fact is
  'Facts about this installation as a whole, one a row: what the demonstration has put in, say.';
comment on column installation_fact.key is 'Name of the fact, in kebab-case.';
comment on column installation_fact.value is
  'The fact as JSON. Never a secret and never what people write: those are ciphertext elsewhere.';
comment on column installation_fact.changed_at is 'When the fact was last set.';
