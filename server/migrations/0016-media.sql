-- Files that people share, their thumbnails, and what web pages said of themselves.

create table media (
  id text primary key,
  owner_id int,
  room_id int,
  blob_id text not null,
  blob_key_id bigint not null,
  size_bytes bigint not null,
  is_open boolean not null,
  sealed bytea not null,
  created_ts bigint not null
);
comment on table media is 'Files: sealed holds name and content type under the key of the file; the bytes are an encrypted blob.';
comment on column media.owner_id is 'Who uploaded it; null for pictures of previews of links, which belong to the server.';
comment on column media.room_id is 'The room that it is kept in: nobody else reads it, and it dies with the room. Null: whoever was sent its address.';
comment on column media.is_open is 'Uploaded while files could be read without signing in; stays readable on the old paths.';
create index media_owner on media (owner_id);
create index media_room on media (room_id) where room_id is not null;

create table media_pending (
  id text primary key,
  owner_id int not null,
  expires_ts bigint not null
);
comment on table media_pending is 'Addresses that were given out before their file came. The row goes when the file comes, or with time.';
create index media_pending_owner on media_pending (owner_id);
create index media_pending_expires on media_pending (expires_ts);

create table media_usage (
  owner_id int primary key,
  size_bytes bigint not null,
  files int not null
);
comment on table media_usage is 'What the files of a person take. owner_id 0: of the whole server, thumbnails included.';

create table media_thumbnail (
  media_id text not null references media (id) on delete cascade,
  width int not null,
  height int not null,
  method text not null,
  is_animated boolean not null,
  blob_id text,
  blob_key_id bigint,
  size_bytes bigint not null,
  primary key (media_id, width, height, method, is_animated)
);
comment on table media_thumbnail is 'Smaller pictures of pictures, each an encrypted blob under a key of its own.';
comment on column media_thumbnail.blob_id is 'Null: the picture is small enough to be given as it is.';

create table url_preview (
  hash bytea primary key,
  sealed bytea not null,
  media_id text references media (id) on delete set null,
  fetched_ts bigint not null,
  expires_ts bigint not null
);
comment on table url_preview is 'What pages said of themselves. hash is the keyed hash of the address; sealed is the answer, under a key of the server.';
create index url_preview_expires on url_preview (expires_ts);
