-- Copies of their data that people have asked for, until they are fetched.

create table exports (
  school_id bigint not null,
  person_id bigint not null,
  asked_by bigint not null,
  asked_at bigint not null,
  sealed bytea, -- The archive, under the person's key; null until it is made.
  token_hash bytea, -- Of the link in the mail.
  expires_at bigint not null,
  primary key (school_id, person_id),
  foreign key (school_id, person_id) references people
);
create unique index exports_token on exports (school_id, token_hash) where token_hash is not null;

alter table exports enable row level security;
alter table exports force row level security;
create policy of_school on exports using (school_id = entered_school());
