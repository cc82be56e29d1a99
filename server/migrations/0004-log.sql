-- The log: one durable order of everything that sync delivers. Whoever changes something that clients must hear of appends
-- here, last in the same transaction. Positions appear in order: they are drawn under one lock that is held until COMMIT,
-- so no reader can pass a row that commits late.

create table log (
  position bigint primary key,
  kind smallint not null,
  room_id int,
  user_id int,
  reference bigint
);
comment on table log is 'One ordered log; every reader of it keeps its own position.';
comment on column log.kind is '1 event, 2 receipt, 3 account data, 4 profile, 5 session; platform/log/kinds.ts is the list.';
comment on column log.room_id is 'The room that it happened in, when it happened in one.';
comment on column log.user_id is 'The person whom alone it concerns (account data), or whose it is (receipt, profile).';
comment on column log.reference is 'The row that tells it whole; its table follows from the kind.';
create index log_room on log (room_id, position) where room_id is not null;
create index log_user on log (user_id, position) where user_id is not null;

create sequence log_position as bigint;

create table log_reader (
  name text primary key,
  position bigint not null,
  failed_at_position bigint,
  failure text
);
comment on table log_reader is 'How far each durable reader has come. A reader that fails stops itself, never the writers.';

-- Draws positions for the rows given and appends them. Call it last: the lock is held until the transaction ends.
create function log_append(kinds smallint[], room_ids int[], user_ids int[], row_references bigint[]) returns bigint
language plpgsql as $$
declare
  first_position bigint;
begin
  perform pg_advisory_xact_lock(4801372);
  insert into log (position, kind, room_id, user_id, reference)
  select nextval('log_position'), l.kind, l.room_id, l.user_id, l.reference
  from unnest(kinds, room_ids, user_ids, row_references) with ordinality as l(kind, room_id, user_id, reference, n)
  order by n;
  first_position := currval('log_position') - cardinality(kinds) + 1;
  return first_position;
end
$$;
