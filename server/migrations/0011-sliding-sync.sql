-- Sliding sync: what each connection of a device was sent, and the look-ups that its lists need.

-- Unlogged: after a crash of PostgreSQL it is empty, and clients begin their connections anew (M_UNKNOWN_POS).
create unlogged table sliding_connection (
  user_id int not null,
  device_id text not null,
  name bytea not null,
  serial bigint not null,
  sealed bytea not null,
  before_serial bigint,
  before_sealed bytea,
  used_ts bigint not null,
  primary key (user_id, device_id, name),
  foreign key (user_id, device_id) references device on delete cascade
);
comment on table sliding_connection is
  'One row a connection: what was sent of each room, up to where. Sealed under the person''s key, bound to its serial.';
comment on column sliding_connection.name is 'Keyed hash of the conn_id that the client chose.';
comment on column sliding_connection.serial is 'Random; part of the pos that the client was given with this state.';
comment on column sliding_connection.before_serial is
  'The state before, for a client that lost the answer and asks again with the pos before.';
comment on column sliding_connection.used_ts is 'About when it was last used: the oldest connections of a device go first.';
create index sliding_connection_age on sliding_connection (used_ts);

-- Memberships of a person that are no joins: a handful beside thousands of rooms.
create index room_state_apart on room_state (user_id, room_id) where to_position is null and user_id is not null and membership <> 2;
