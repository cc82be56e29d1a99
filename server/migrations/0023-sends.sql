-- What is sent to citizens, what became of it, and what they answer. Nothing here refers to people or addresses by a
-- foreign key: their rows go before these do when somebody is erased.

create table send (
  id bigint generated always as identity primary key,
  public_id text not null unique,
  agency_id int not null,
  kind text not null check (kind in ('message', 'reply', 'question')),
  person_id bigint,
  address_id bigint,
  channel_id text,
  purpose_id bigint not null,
  conversation_id bigint,
  event_id bigint unique,
  dialogue_id bigint unique,
  sensitivity smallint not null,
  wished_kind text,
  key_id bigint,
  sealed bytea,
  made_by int,
  created_ts bigint not null,
  deadline_ts bigint not null,
  decide_ts bigint not null,
  outcome text
);
comment on table send is 'What somebody wants a citizen to be told, once. How it is tried are its attempts.';
comment on column send.kind is 'message: by our API. reply: an event of a conversation. question: part of a dialogue about STOP or START, which passes no consent, because it asks for it.';
comment on column send.person_id is 'Null in a conversation of an address of which nobody knows whose it is.';
comment on column send.address_id is 'The only address it may go to; null where the way is chosen among hers.';
comment on column send.channel_id is 'The only sender it may come from: a question is put where she wrote.';
comment on column send.event_id is 'The reply. Unique: one event leaves once, whatever is read again.';
comment on column send.dialogue_id is 'The dialogue that this question belongs to, which has one question.';
comment on column send.sensitivity is '0 public, 1 personal, 2 sensitive.';
comment on column send.wished_kind is 'The kind of channel that its sender chose.';
comment on column send.sealed is 'Its words, under key_id; purpose send.words, subject public_id. Null for a reply: its words are the event''s.';
comment on column send.outcome is 'Null while something may still be tried. delivered, accepted, withheld, failed, unknown or expired.';
comment on column send.decide_ts is 'When to decide what is done next: its deadline, or the moment at which an attempt came to nothing.';
create index send_undecided on send (decide_ts) where outcome is null;
create index send_person on send (person_id, id desc);
create index send_conversation on send (conversation_id, id desc);

create table attempt (
  id bigint generated always as identity primary key,
  public_id text not null unique,
  send_id bigint not null references send (id) on delete cascade,
  agency_id int not null,
  conversation_id bigint,
  address_id bigint not null,
  channel_id text not null,
  form text not null check (form in ('words', 'notice')),
  state smallint not null default 0,
  refusals int not null default 0,
  due_ts bigint not null,
  reason text not null,
  taken_by int,
  taken_until timestamptz,
  sending_ts bigint,
  reference text,
  code text,
  failure text,
  is_final boolean not null default false,
  retry_ts bigint,
  look_ts bigint,
  looks int not null default 0,
  created_ts bigint not null,
  changed_ts bigint not null
);
comment on table attempt is 'One request to one provider, or the wish for one. Its state only grows.';
comment on column attempt.public_id is 'Goes to the provider and comes back with receipts.';
comment on column attempt.form is 'notice: a neutral line with a link goes, because the words may not travel this way; they lie in inbox_message.';
comment on column attempt.state is '0 queued, 1 sending, 2 unknown, 3 accepted, 4 sent, 5 failed, 6 delivered, 7 read, 8 withheld: engagement/sends/attempt-states.ts.';
comment on column attempt.refusals is 'How often this channel refused these words for the moment before.';
comment on column attempt.reason is 'Why this way, for staff; names no address.';
comment on column attempt.taken_by is 'The server (node) that works on it.';
comment on column attempt.taken_until is 'A server works on it until then, by the clock of the database; past it that server died.';
comment on column attempt.reference is 'The provider''s name for it.';
comment on column attempt.is_final is 'It failed, and the same words will never arrive at that address this way.';
comment on column attempt.retry_ts is 'The provider wants to be left alone until then.';
comment on column attempt.look_ts is 'When to ask the provider next what became of it.';
-- Never a second one while the fate of the first is open: this index is the law of one send at a time.
create unique index attempt_one_open on attempt (send_id) where state <= 2;
create index attempt_queued on attempt (due_ts, id) where state = 0;
create index attempt_sending on attempt (taken_until) where state = 1;
create index attempt_unknown on attempt (look_ts) where state = 2;
create index attempt_in_turn on attempt (conversation_id, send_id) where state <= 1;
create unique index attempt_reference on attempt (channel_id, reference) where reference is not null;
create index attempt_line on attempt (address_id, channel_id, sending_ts desc) where sending_ts is not null;
create index attempt_send on attempt (send_id, id);

create table task (
  id bigint generated always as identity primary key,
  public_id text not null unique,
  agency_id int not null,
  send_id bigint not null unique references send (id) on delete cascade,
  person_id bigint,
  kind text not null check (kind in ('not-delivered', 'unknown', 'unconfirmed')),
  code text,
  created_ts bigint not null,
  done_ts bigint,
  done_by int,
  note_key_id bigint,
  sealed_note bytea
);
comment on table task is 'What a human has to do because no channel did: one for a send at most.';
comment on column task.kind is 'not-delivered: no channel is left. unknown: it may have arrived, and nobody can tell. unconfirmed: handed over, and no proof of arrival came although the law wants one.';
comment on column task.done_by is 'The account; null when a receipt that came late did it.';
comment on column task.sealed_note is 'What was done instead, under note_key_id; purpose task.note, subject public_id.';
create index task_open on task (agency_id, id) where done_ts is null;

create table inbox_message (
  id bigint generated always as identity primary key,
  public_id text not null unique,
  agency_id int not null,
  person_id bigint not null,
  send_id bigint not null unique references send (id) on delete cascade,
  conversation_id bigint,
  created_ts bigint not null,
  read_ts bigint
);
comment on table inbox_message is 'What waits in the inbox of the citizen pages. Its words are the send''s.';
comment on column inbox_message.public_id is 'In the link of the notice; opens nothing by itself.';
create index inbox_message_person on inbox_message (person_id, id desc);

create table telling (
  id bigint generated always as identity primary key,
  conversation_id bigint not null,
  event_id bigint,
  what text not null,
  facts json not null,
  due_ts bigint not null,
  taken_by int,
  taken_until timestamptz,
  tries int not null default 0
);
comment on table telling is 'What a conversation is still to be told: receipts of the citizen, and notices by the desk. Written with what it tells of.';
comment on column telling.facts is 'Codes and sentences of ours; no name, address or word of anybody.';
create index telling_due on telling (due_ts);

create table last_in (
  address_id bigint not null,
  channel_id text not null,
  agency_id int not null,
  conversation_id bigint,
  at_ts bigint not null,
  key_id bigint,
  sealed_thread bytea,
  primary key (address_id, channel_id)
);
comment on table last_in is 'The newest words from an address on a channel: where the next ones go, and what a mail answers.';
comment on column last_in.sealed_thread is 'Ids of the mail that an answer names, under key_id; purpose last_in.thread, subject address and channel.';
create index last_in_conversation on last_in (conversation_id, at_ts desc);

create table inbound_done (
  inbound_id bigint primary key,
  done_ts bigint not null,
  passes boolean not null default false,
  heard text,
  reach text,
  purpose_id bigint,
  is_told boolean not null default false
);
comment on table inbound_done is 'Messages of citizens whose commands were acted upon, so that the same again does nothing.';
comment on column inbound_done.passes is 'Her words are for a human too. Decided once: what a word means hangs on what she was asked at that moment.';
comment on column inbound_done.heard is 'What a running conversation is told of it: stop, hold, start, release or forged; with reach, of a stop, and purpose_id.';
create index inbound_done_ts on inbound_done (done_ts);

create table stop_dialogue (
  id bigint generated always as identity primary key,
  agency_id int not null,
  address_id bigint not null,
  channel_id text not null,
  about text not null check (about in ('stop', 'unsure', 'start', 'only', 'help')),
  purpose_id bigint,
  was_asked boolean not null,
  guesses int not null default 0,
  code_hash bytea,
  opened_ts bigint not null,
  closes_ts bigint not null,
  ended_ts bigint,
  outcome text
);
comment on table stop_dialogue is 'A question to a citizen about what she wants to get, and what became of it.';
comment on column stop_dialogue.about is 'stop: what her STOP means. unsure: whether it was one. start: whether it is she who wants it again. only: whether it is she who wants back what her silence ended. help: what she can write.';
comment on column stop_dialogue.purpose_id is 'Null for all of the agency.';
comment on column stop_dialogue.was_asked is 'False where the provider answered itself, so that nothing more may be said.';
comment on column stop_dialogue.code_hash is 'Keyed hash of the digits that prove that she reads what is sent to her address.';
comment on column stop_dialogue.closes_ts is 'Unanswered until then: a STOP means the whole agency.';
create unique index stop_dialogue_open on stop_dialogue (address_id, channel_id) where ended_ts is null;
create index stop_dialogue_line on stop_dialogue (address_id, channel_id, id desc);
create index stop_dialogue_closing on stop_dialogue (closes_ts) where ended_ts is null;
