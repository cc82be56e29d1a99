-- What the server itself writes to people.

create table notice_room (
  user_id int primary key references users (id),
  room_id int not null references room (id) on delete cascade
);
comment on table notice_room is 'The one room in which the server writes to a person. Two that are made at the same moment collide here.';
