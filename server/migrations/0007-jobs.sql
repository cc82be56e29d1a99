-- Work for later: rare things only. What follows every event is a reader of the log, never a job.

create table job (
  id bigint primary key generated always as identity,
  name text not null,
  key text unique,
  payload jsonb not null,
  every_ms bigint check (every_ms > 0),
  run_ts bigint not null,
  attempts int not null default 0,
  leased_until_ts bigint,
  again_ts bigint,
  failed_ts bigint
);
comment on table job is
  'What is to be done later, at least once. A row that is done is deleted, or moved to its next time.';
comment on column job.name is 'Which handler of the server does it.';
comment on column job.key is 'Where given, the same thing waits only once.';
comment on column job.payload is 'Ids of what it is about, and nothing that anybody wrote.';
comment on column job.every_ms is 'Comes back at each multiple of this since 1970; null for what is done once.';
comment on column job.leased_until_ts is
  'A server works on it until then; past it that server died, and another may.';
comment on column job.again_ts is 'It was asked for again while it was at work: when it is to be done once more.';
comment on column job.failed_ts is 'When its last permitted attempt failed. It is kept for a person to look at.';
create index job_due on job (run_ts) where failed_ts is null;
