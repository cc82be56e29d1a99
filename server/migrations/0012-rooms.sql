-- What people report to those who run the server.

create table report (
  number bigint generated always as identity primary key,
  id text not null unique,
  reporter_id int not null,
  room_id int,
  event_id text,
  user_id int,
  created_ts bigint not null,
  sealed bytea not null
);
comment on table report is 'An event (room_id and event_id), a room (room_id) or a person (user_id) that somebody finds amiss.';
comment on column report.id is 'Random; what the reason is bound to.';
comment on column report.sealed is 'The reason and the score as JSON, under a key of the server.';
