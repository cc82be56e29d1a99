-- Rooms, their events and their state. What is readable here: ids, types, memberships, relation edges, times, counts.
-- Every word that somebody wrote is in a sealed column.

create table room (
  id int generated always as identity primary key,
  matrix_id text not null unique,
  version text not null,
  type text,
  key_id bigint not null,
  created_ts bigint not null
);
comment on table room is 'One row a room; the long id stands here once.';
comment on column room.type is 'Type in the create event: null for none, m.space as it is, any other as h: and a keyed hash.';
comment on column room.key_id is 'The data key that seals everything said in the room.';

create table room_head (
  room_id int primary key references room (id),
  version bigint not null,
  extremities text[] not null,
  depth bigint not null,
  ordering bigint not null,
  notify_count bigint not null,
  line_id bigint not null,
  line_seq int not null,
  active_ts bigint not null default 0,
  bump_ts bigint not null default 0
);
comment on table room_head is 'Where the next event of a room attaches. Changed by compare-and-set on version only.';
comment on column room_head.extremities is 'Event ids that no event names as previous yet.';
comment on column room_head.ordering is 'The last used place in the timeline; older history that arrives later goes below 1.';
comment on column room_head.notify_count is 'Running count of events that notify by default; unread is a difference of two such counts.';
comment on column room_head.active_ts is 'When the newest event was sent: lists of rooms are ordered by it.';
comment on column room_head.bump_ts is 'When the newest event was sent that people would call news: a message, a call, a poll; not a name or a reaction.';
comment on column room_head.line_id is 'The state line and place on it that describe the state after the newest event.';

create sequence event_id_block as bigint increment by 256;
comment on sequence event_id_block is 'Writers take internal event ids in blocks of 256.';

create table event (
  id bigint primary key,
  room_id int not null,
  matrix_id text not null unique,
  type text not null,
  state_key text,
  sender_id int not null,
  origin_ts bigint not null,
  depth bigint not null,
  ordering bigint not null,
  line_id bigint not null,
  line_seq int not null,
  status smallint not null default 0,
  relates_to text,
  relation text,
  notify_count bigint not null,
  redacted_by text,
  sealed bytea not null
);
comment on table event is 'Every event; sealed holds the whole event as JSON under the key of its room, bound to its event id.';
comment on column event.room_id is 'A room; no foreign key, whose check would cost every event a look-up.';
comment on column event.state_key is 'Null when it is no state event; empty or a user id as it is; any other as h: and a keyed hash.';
comment on column event.ordering is 'Place in the timeline of the room, apart from the log, so that older history can sort before.';
comment on column event.line_id is 'State before the event: what line_id held at line_seq.';
comment on column event.status is 'Bits: 1 outlier (outside the timeline), 2 rejected, 4 soft-failed.';
comment on column event.relates_to is 'The event that it refers to, and how (relation): m.replace, m.annotation, m.thread, m.reference.';
comment on column event.notify_count is 'The running count of the room up to and with this event.';
create unique index event_timeline on event (room_id, ordering);
create index event_sender on event (room_id, sender_id, ordering);
create index event_relation on event (relates_to, relation) where relates_to is not null;

create table state_line (
  id bigint generated always as identity primary key,
  room_id int not null references room (id),
  base_line bigint references state_line (id),
  base_seq int,
  nesting smallint not null default 0
);
comment on table state_line is 'A line of states: deltas upon a base. Straight history stays on one line; forks and resolutions open another.';

create table state_delta (
  line_id bigint not null references state_line (id),
  type text not null,
  state_key text not null,
  seq int not null,
  event_id bigint not null,
  primary key (line_id, type, state_key, seq)
);
comment on table state_delta is 'From place seq on its line on, (type, state_key) is event_id.';

create table room_state (
  room_id int not null references room (id),
  type text not null,
  state_key text not null,
  event_id bigint not null,
  from_position bigint not null,
  to_position bigint,
  user_id int,
  membership smallint
);
comment on table room_state is 'What held at a log position: the resolved state of a room as intervals [from, to); to is null while it holds.';
comment on column room_state.membership is 'For m.room.member: 1 invite, 2 join, 3 knock, 4 leave, 5 ban; user_id is whose.';
create unique index room_state_now on room_state (room_id, type, state_key) where to_position is null;
create index room_state_then on room_state (room_id, from_position);
create index room_state_person on room_state (user_id, room_id, from_position) where user_id is not null;

create table transaction_id (
  key bytea primary key,
  event_id bigint not null,
  created_ts bigint not null
);
comment on table transaction_id is 'A hash of device, path and transaction id, and the event that it made; kept 30 days.';
create index transaction_id_age on transaction_id using brin (created_ts);

create table mention (
  room_id int not null,
  user_id int not null,
  ordering bigint not null,
  sender_id int not null,
  thread text not null,
  is_extra boolean not null,
  primary key (user_id, room_id, ordering)
);
comment on table mention is 'Events that highlight for one person (0: for everybody): the exception to the running count.';
comment on column mention.thread is 'The thread that the event belongs to: the id of its root, or main.';
comment on column mention.is_extra is 'It notifies those whom it names and nobody else, so that it is not in the running count.';

create table thread_event (
  room_id int not null,
  ordering bigint not null,
  root text not null,
  sender_id int not null,
  total bigint not null,
  primary key (room_id, ordering)
);
comment on table thread_event is 'Events of threads that are in the running count: what is unread is told by thread.';
comment on column thread_event.total is 'Running count of the room over all its threads; the main timeline is what is left.';
create index thread_event_sender on thread_event (room_id, sender_id, root, ordering);

-- Ends the intervals that the new state ends and begins new ones. The same key may change several times in one batch.
create function apply_state(states jsonb, first_position bigint) returns void
language plpgsql as $$
begin
  update room_state r
  set to_position = s.position
  from (select room_id, type, state_key, first_position + min(n) as position
        from jsonb_to_recordset(states) as x(room_id int, type text, state_key text, n int)
        group by room_id, type, state_key) s
  where r.room_id = s.room_id and r.type = s.type and r.state_key = s.state_key and r.to_position is null;

  insert into room_state (room_id, type, state_key, event_id, from_position, to_position, user_id, membership)
  select room_id, type, state_key, event_id, first_position + n,
         first_position + lead(n) over (partition by room_id, type, state_key order by n), user_id, membership
  from jsonb_to_recordset(states)
    as x(room_id int, type text, state_key text, event_id bigint, n int, user_id int, membership smallint);
end
$$;

-- What is redacted is unread to nobody, and highlights no more.
create function uncount(redactions jsonb) returns void
language plpgsql as $$
begin
  insert into uncounted_event (room_id, ordering, thread)
  select e.room_id, e.ordering, coalesce(t.root, 'main')
  from jsonb_to_recordset(redactions) as r(id bigint, redacted_by text) join event e on e.id = r.id
  left join thread_event t on t.room_id = e.room_id and t.ordering = e.ordering
  where r.redacted_by is not null and e.notify_count > coalesce(
    (select p.notify_count from event p where p.room_id = e.room_id and p.ordering < e.ordering
     order by p.ordering desc limit 1), 0)
  on conflict do nothing;
  delete from mention m using jsonb_to_recordset(redactions) as r(id bigint, redacted_by text), event e
  where r.redacted_by is not null and e.id = r.id and m.room_id = e.room_id and m.ordering = e.ordering;
end
$$;

-- A thread whose newest reply went stands by the newest that is left, or not at all.
create function threads_after_redaction(redactions jsonb) returns void
language plpgsql as $$
declare
  gone record;
  newest bigint;
begin
  for gone in
    select distinct e.room_id, e.relates_to as root
    from jsonb_to_recordset(redactions) as r(id bigint) join event e on e.id = r.id
    where e.relation = 'm.thread'
  loop
    select e.ordering into newest from event e
    where e.relates_to = gone.root and e.relation = 'm.thread' and e.room_id = gone.room_id and e.status = 0
      and e.redacted_by is null
    order by e.ordering desc limit 1;
    if found then
      update thread set latest = newest where room_id = gone.room_id and root = gone.root;
    else
      delete from thread where room_id = gone.room_id and root = gone.root;
    end if;
  end loop;
end
$$;

-- Appends the events of many rooms in one round trip and one transaction; answers the log position of the first, the
-- others follow it in the order given. Nothing is written when a head has moved (SQLSTATE CH001), a transaction id is
-- known (unique violation of transaction_id_pkey) or a reaction stands already (of annotation_pkey): whoever calls finds out
-- which.
--
-- Columns come as arrays (h_: heads, e_: events, t_: transaction ids), which cost PostgreSQL half of what JSON does; what is
-- rare (states, redactions, mentions, annotations, events of threads, sticky events) comes as JSON, or null.
create function append_events(
  h_room int[], h_was bigint[], h_version bigint[], h_extremity text[], h_depth bigint[], h_ordering bigint[],
  h_notify_count bigint[], h_line_seq int[], h_active_ts bigint[], h_bump_ts bigint[],
  e_id bigint[], e_room int[], e_matrix_id text[], e_type text[], e_state_key text[], e_sender int[],
  e_origin_ts bigint[], e_depth bigint[], e_ordering bigint[], e_line bigint[], e_line_seq int[],
  e_relates_to text[], e_relation text[], e_notify_count bigint[], e_sealed bytea[],
  t_key bytea[], t_event bigint[],
  states jsonb, redactions jsonb, mentions jsonb, annotations jsonb, threads jsonb, stickies jsonb,
  now_ts bigint
) returns bigint
language plpgsql as $$
declare
  changed int;
  first_position bigint;
begin
  -- Heads are taken in the order of rooms, so that two nodes never wait for each other.
  if cardinality(h_room) > 1 then
    perform 1 from room_head where room_id = any (h_room) order by room_id for no key update;
  end if;
  update room_head h
  set version = w.version, extremities = array[w.extremity], depth = w.depth, ordering = w.ordering,
      notify_count = w.notify_count, line_seq = w.line_seq,
      active_ts = greatest(h.active_ts, w.active_ts), bump_ts = greatest(h.bump_ts, w.bump_ts)
  from unnest(h_room, h_was, h_version, h_extremity, h_depth, h_ordering, h_notify_count, h_line_seq, h_active_ts, h_bump_ts)
    as w(room_id, was, version, extremity, depth, ordering, notify_count, line_seq, active_ts, bump_ts)
  where h.room_id = w.room_id and h.version = w.was;
  get diagnostics changed = row_count;
  if changed < cardinality(h_room) then
    raise exception 'the head of a room has moved' using errcode = 'CH001';
  end if;

  if cardinality(t_key) > 0 then
    insert into transaction_id (key, event_id, created_ts)
    select t.key, t.event_id, now_ts from unnest(t_key, t_event) as t(key, event_id);
  end if;

  insert into event (id, room_id, matrix_id, type, state_key, sender_id, origin_ts, depth, ordering, line_id, line_seq,
                     relates_to, relation, notify_count, sealed)
  select * from unnest(e_id, e_room, e_matrix_id, e_type, e_state_key, e_sender, e_origin_ts, e_depth, e_ordering, e_line,
                       e_line_seq, e_relates_to, e_relation, e_notify_count, e_sealed);

  if redactions is not null then
    -- What only loses its memory of another event (redacted_by is null) never brings back what a redaction took.
    update event e set sealed = decode(r.sealed, 'base64'), redacted_by = r.redacted_by
    from (select distinct on (id) * from jsonb_to_recordset(redactions) as r(id bigint, sealed text, redacted_by text)
          order by id, redacted_by nulls last) r
    where e.id = r.id and (r.redacted_by is not null or e.redacted_by is null);
    delete from annotation a using jsonb_to_recordset(redactions) as r(id bigint) where a.event_id = r.id;
    delete from sticky_event s using jsonb_to_recordset(redactions) as r(id bigint, redacted_by text)
    where s.event_id = r.id and r.redacted_by is not null;
    perform uncount(redactions);
    if exists (select from event e join jsonb_to_recordset(redactions) as r(id bigint) on r.id = e.id
               where e.relation = 'm.thread') then
      perform threads_after_redaction(redactions);
    end if;
  end if;

  if annotations is not null then
    insert into annotation (hash, event_id)
    select decode(a.hash, 'base64'), a.event_id from jsonb_to_recordset(annotations) as a(hash text, event_id bigint);
  end if;

  if mentions is not null then
    insert into mention (room_id, user_id, ordering, sender_id, thread, is_extra)
    select room_id, user_id, ordering, sender_id, thread, is_extra
    from jsonb_to_recordset(mentions)
      as m(room_id int, user_id int, ordering bigint, sender_id int, thread text, is_extra boolean)
    on conflict do nothing;
  end if;

  if threads is not null then
    insert into thread_event (room_id, ordering, root, sender_id, total)
    select t.room_id, t.ordering, t.root, t.sender_id,
           coalesce((select p.total from thread_event p where p.room_id = t.room_id order by p.ordering desc limit 1), 0)
           + row_number() over (partition by t.room_id order by t.ordering)
    from jsonb_to_recordset(threads) as t(room_id int, ordering bigint, root text, sender_id int);
  end if;

  if states is not null then
    insert into state_delta (line_id, type, state_key, seq, event_id)
    select line_id, type, state_key, seq, event_id
    from jsonb_to_recordset(states) as s(line_id bigint, type text, state_key text, seq int, event_id bigint);
  end if;

  first_position := log_positions(cardinality(e_id));
  insert into log (position, kind, room_id, user_id, reference)
  select first_position + l.n - 1, 1, l.room_id, null, l.id
  from unnest(e_room, e_id) with ordinality as l(room_id, id, n);
  if states is not null then
    perform apply_state(states, first_position);
  end if;
  if stickies is not null then
    insert into sticky_event (position, room_id, event_id, expires_ts)
    select first_position + n, room_id, event_id, expires_ts
    from jsonb_to_recordset(stickies) as s(n int, room_id int, event_id bigint, expires_ts bigint);
  end if;
  if 'm.thread' = any (e_relation) then
    insert into thread (room_id, root, latest, position)
    select t.room_id, t.root, max(t.ordering), first_position + max(t.n) - 1
    from unnest(e_room, e_relates_to, e_relation, e_ordering) with ordinality as t(room_id, root, relation, ordering, n)
    where t.relation = 'm.thread'
    group by t.room_id, t.root
    on conflict (room_id, root) do update
    set latest = greatest(thread.latest, excluded.latest), position = greatest(thread.position, excluded.position);
  end if;
  return first_position;
end
$$;

-- The same for one event that is no state, refers to no other and mentions nobody: what nearly every batch of a quiet server is.
-- Arrays of one would cost it half as much again. Without a transaction id, t_key is null.
create function append_event(
  h_was bigint, h_active_ts bigint, h_bump_ts bigint,
  e_id bigint, e_room int, e_matrix_id text, e_type text, e_sender int, e_origin_ts bigint, e_depth bigint,
  e_ordering bigint, e_line bigint, e_line_seq int, e_notify_count bigint, e_sealed bytea, t_key bytea, now_ts bigint
) returns bigint
language plpgsql as $$
declare
  first_position bigint;
begin
  update room_head
  set version = h_was + 1, extremities = array[e_matrix_id], depth = e_depth, ordering = e_ordering,
      notify_count = e_notify_count, line_seq = e_line_seq,
      active_ts = greatest(active_ts, h_active_ts), bump_ts = greatest(bump_ts, h_bump_ts)
  where room_id = e_room and version = h_was;
  if not found then
    raise exception 'the head of a room has moved' using errcode = 'CH001';
  end if;

  if t_key is not null then
    insert into transaction_id (key, event_id, created_ts) values (t_key, e_id, now_ts);
  end if;

  insert into event (id, room_id, matrix_id, type, sender_id, origin_ts, depth, ordering, line_id, line_seq,
                     notify_count, sealed)
  values (e_id, e_room, e_matrix_id, e_type, e_sender, e_origin_ts, e_depth, e_ordering, e_line, e_line_seq,
          e_notify_count, e_sealed);

  first_position := log_positions(1);
  insert into log (position, kind, room_id, reference) values (first_position, 1, e_room, e_id);
  return first_position;
end
$$;
