-- What happens after commits: jobs that follow from events, and what each person was last told of a booking.

create table jobs (
  school_id bigint not null references schools,
  id bigint not null,
  kind text not null check (kind in ('notice', 'reminder')),
  booking_id bigint not null,
  person_id bigint not null, -- Who is told.
  lead integer not null default 0, -- Of a reminder: minutes before the lesson.
  due_at bigint not null,
  attempts integer not null default 0,
  dead integer not null default 0 check (dead in (0, 1)), -- Given up: waits for somebody to try it again.
  problem text not null default '', -- Why the last attempt failed; never a personal value.
  created_at bigint not null,
  primary key (school_id, id)
);
-- A job says that something is to be made so, not what happened: the next event of the booking finds it and moves it.
create unique index jobs_once on jobs (school_id, kind, booking_id, person_id, lead);
create index jobs_due on jobs (due_at) where dead = 0;
create index jobs_dead on jobs (school_id, id) where dead = 1;

create table notices (
  school_id bigint not null,
  booking_id bigint not null,
  person_id bigint not null,
  version bigint not null, -- Of the booking, as this person knows it.
  primary key (school_id, booking_id, person_id)
) without rowid;

-- The position up to which events have become jobs. What was there before is old news.
create table dispatch_cursor (
  school_id bigint primary key references schools,
  position bigint not null
);
insert into dispatch_cursor (school_id, position) select school_id, position from event_cursor;

alter table schools add column reminders text not null default '1440,120'; -- Minutes before a lesson.
