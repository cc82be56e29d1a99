-- Sticky events (MSC4354): for as long as they stick they are told to whoever is in the room, however much was said since.

create table sticky_event (
  position bigint primary key,
  room_id int not null,
  event_id bigint not null unique,
  expires_ts bigint not null
);
comment on table sticky_event is 'Events that still stick. What is redacted goes at once; what has expired is passed over, and swept now and then.';
comment on column sticky_event.position is 'Its place in the log: sync tells how far a client has come.';
comment on column sticky_event.expires_ts is 'Until when it sticks: milliseconds since 1970, an hour after it was sent at most.';
create index sticky_event_room on sticky_event (room_id, position);
create index sticky_event_age on sticky_event (expires_ts);
