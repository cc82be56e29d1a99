-- What lies beside the timeline: events that stick, and threads by their newest reply.

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

create table thread (
  room_id int not null,
  root text not null,
  latest bigint not null,
  position bigint not null,
  primary key (room_id, root)
);
comment on table thread is 'Threads by their newest reply, kept by append_events: a page of them is read without looking at the replies.';
comment on column thread.root is 'The event that replies name; it need not exist.';
comment on column thread.latest is 'Place in the timeline of the newest reply that is not redacted. A thread without one has no row.';
comment on column thread.position is 'Place in the log of the newest reply that came: whoever follows is told of threads by it.';
create index thread_latest on thread (room_id, latest);
create index thread_position on thread (room_id, position);
-- Whether somebody took part in a thread, without reading its replies.
create index event_thread_sender on event (relates_to, sender_id, ordering) where relation = 'm.thread' and redacted_by is null;

create table thread_subscription (
  user_id int not null references users (id),
  room_id int not null references room (id) on delete cascade,
  root text not null,
  is_subscribed boolean not null,
  is_automatic boolean not null,
  ended_at bigint,
  position bigint not null,
  primary key (user_id, room_id, root)
);
comment on table thread_subscription is 'Threads whose every message a person wants to be told of (MSC4306), and those that she no longer wants.';
comment on column thread_subscription.is_automatic is 'Her app did it, because somebody mentioned her there; what she does herself goes before.';
comment on column thread_subscription.ended_at is 'The end of the room''s timeline when she ended it last: what was said before subscribes her to it no more.';
comment on column thread_subscription.position is 'Place in the log of its last change. Sliding sync tells changes by it, and clients compare two of them.';
create index thread_subscription_change on thread_subscription (user_id, position);
create index thread_subscription_room on thread_subscription (room_id);

create table uncounted_event (
  room_id int not null,
  ordering bigint not null,
  thread text not null,
  primary key (room_id, ordering)
);
comment on table uncounted_event is 'Events that are in the running count and were redacted since: nobody has them to read any more.';
comment on column uncounted_event.thread is 'The thread that the event belongs to: the id of its root, or main.';
-- What is redacted highlights for nobody.
create index mention_event on mention (room_id, ordering);
