-- Secret calendar feeds, invitations by mail, how a school looks and what it adds to its mails, personal events.

create table feeds (
  school_id bigint not null,
  person_id bigint not null,
  token_hash blob not null,
  created_at bigint not null,
  primary key (school_id, person_id),
  foreign key (school_id, person_id) references people
) without rowid;
create unique index feeds_token on feeds (school_id, token_hash);

-- Jobs may be invitations, too: of no booking, id 0.
create table jobs_next (
  school_id bigint not null references schools,
  id bigint not null,
  kind text not null check (kind in ('notice', 'reminder', 'invitation')),
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
insert into jobs_next (school_id, id, kind, booking_id, person_id, lead, due_at, attempts, dead, problem, created_at)
  select school_id, id, kind, booking_id, person_id, lead, due_at, attempts, dead, problem, created_at from jobs;
drop table jobs;
alter table jobs_next rename to jobs;
create unique index jobs_once on jobs (school_id, kind, booking_id, person_id, lead);
create index jobs_due on jobs (due_at) where dead = 0;
create index jobs_dead on jobs (school_id, id) where dead = 1;

alter table schools add column colour text not null default ''; -- "#rrggbb"; empty: Roadbook's own.
alter table schools add column notice_texts text not null default '{}'; -- JSON: what is said → words of the school.

alter table time_off add column title_id bigint; -- A personal event: what it is, in texts.
