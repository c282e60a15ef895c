-- What people do with their accounts themselves: links that set a new password, and the mails about it; where they are
-- signed in.

create table one_time_tokens_next (
  school_id bigint not null,
  hash blob not null,
  person_id bigint not null,
  purpose text not null check (purpose in ('welcome', 'reset')),
  expires_at bigint not null,
  primary key (school_id, hash),
  foreign key (school_id, person_id) references people
);
insert into one_time_tokens_next (school_id, hash, person_id, purpose, expires_at)
  select school_id, hash, person_id, purpose, expires_at from one_time_tokens;
drop table one_time_tokens;
alter table one_time_tokens_next rename to one_time_tokens;
create index one_time_tokens_of_person on one_time_tokens (school_id, person_id);

create table jobs_next (
  school_id bigint not null references schools,
  id bigint not null,
  kind text not null check (kind in ('notice', 'reminder', 'invitation', 'password_reset', 'password_changed')),
  booking_id bigint not null, -- 0: of none.
  person_id bigint not null, -- Who is told.
  lead integer not null default 0, -- Of a reminder: minutes before the lesson.
  due_at bigint not null,
  attempts integer not null default 0,
  dead integer not null default 0 check (dead in (0, 1)), -- Given up: waits for somebody to try it again.
  problem text not null default '', -- Why the last attempt failed; never a personal value.
  created_at bigint not null,
  claim bigint not null default 0, -- Of the worker that is at it,
  taken_until bigint not null default 0, -- until then; afterwards it is anybody's again.
  primary key (school_id, id)
);
insert into jobs_next (school_id, id, kind, booking_id, person_id, lead, due_at, attempts, dead, problem, created_at,
    claim, taken_until)
  select school_id, id, kind, booking_id, person_id, lead, due_at, attempts, dead, problem, created_at, claim,
    taken_until from jobs;
drop table jobs;
alter table jobs_next rename to jobs;
create unique index jobs_once on jobs (school_id, kind, booking_id, person_id, lead);
create index jobs_due on jobs (due_at) where dead = 0;
create index jobs_dead on jobs (school_id, id) where dead = 1;

alter table sessions add column browser text not null default ''; -- "Firefox on Linux"; empty: not known.
