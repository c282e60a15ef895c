-- Addresses that somebody must still prove to be theirs; whether learners may register themselves.

create table email_proofs (
  school_id bigint not null references schools,
  person_id bigint not null, -- Of a registration: of nobody yet, but with a key.
  purpose text not null check (purpose in ('registration', 'change', 'replaced')),
  email_hash blob not null, -- Keyed.
  sealed blob not null, -- The address, under the person's key.
  token_hash blob, -- Of the link that was sent to it; null: none yet.
  expires_at bigint not null,
  primary key (school_id, person_id, purpose)
) without rowid;
create unique index email_proofs_of_link on email_proofs (school_id, token_hash) where token_hash is not null;
create index email_proofs_of_address on email_proofs (school_id, email_hash);
create index email_proofs_that_end on email_proofs (school_id, expires_at);

alter table schools add column registration integer not null default 0 check (registration in (0, 1));

create table jobs_next (
  school_id bigint not null references schools,
  id bigint not null,
  kind text not null, -- One of store::JobKind.
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
