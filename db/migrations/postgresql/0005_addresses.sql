-- Addresses that somebody must still prove to be theirs; whether learners may register themselves.

create table email_proofs (
  school_id bigint not null references schools,
  person_id bigint not null, -- Of a registration: of nobody yet, but with a key.
  purpose text not null check (purpose in ('registration', 'change', 'replaced')),
  email_hash bytea not null, -- Keyed.
  sealed bytea not null, -- The address, under the person's key.
  token_hash bytea, -- Of the link that was sent to it; null: none yet.
  expires_at bigint not null,
  primary key (school_id, person_id, purpose)
);
create unique index email_proofs_of_link on email_proofs (school_id, token_hash) where token_hash is not null;
create index email_proofs_of_address on email_proofs (school_id, email_hash);
create index email_proofs_that_end on email_proofs (school_id, expires_at);
alter table email_proofs enable row level security;
alter table email_proofs force row level security;
create policy of_school on email_proofs using (school_id = entered_school());

alter table schools add column registration integer not null default 0 check (registration in (0, 1));

alter table jobs drop constraint jobs_kind_check; -- One of store::JobKind.
