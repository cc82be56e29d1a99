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
comment on column log.kind is '1 event, 2 receipt, 3 account data, 4 profile, 5 to-device, 6 device list, 7 session ended, 8 session changed, 9 staff joined, 10 staff left, 11 thread subscription, 12 erasure; platform/log/kinds.ts is the list.';
comment on column log.room_id is 'The room that it happened in, when it happened in one.';
comment on column log.user_id is 'The person whom alone it concerns (account data, to-device), or whose it is (receipt, profile, device list).';
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

-- Draws `count` consecutive positions and answers the first. The lock is held until the transaction ends, so positions
-- appear in order; call it as late as possible.
create function log_positions(count int) returns bigint
language plpgsql as $$
declare
  is_locked boolean;
  first_position bigint;
begin
  -- As plain expressions, which cost a fraction of statements: every send passes here.
  is_locked := pg_advisory_xact_lock(4801372) is not null;
  first_position := nextval('log_position');
  if count > 1 then
    first_position := setval('log_position', first_position + count - 1) - count + 1;
  end if;
  return first_position;
end
$$;

-- Appends rows and answers the first of their positions. Call it last.
create function log_append(kinds smallint[], room_ids int[], user_ids int[], row_references bigint[]) returns bigint
language plpgsql as $$
declare
  first_position bigint := log_positions(cardinality(kinds));
begin
  insert into log (position, kind, room_id, user_id, reference)
  select first_position + l.n - 1, l.kind, l.room_id, l.user_id, l.reference
  from unnest(kinds, room_ids, user_ids, row_references) with ordinality as l(kind, room_id, user_id, reference, n);
  return first_position;
end
$$;
