-- Guardians and whoever else acts in somebody's name (docs/decisions/0024).

alter table people drop constraint people_role_check;
alter table people add constraint people_role_check
  check (role in ('admin', 'office', 'instructor', 'learner', 'guardian'));
alter table schools add column guardian_consent_required integer not null default 0
  check (guardian_consent_required in (0, 1)); -- Before a learner who is not of age books.

create table guardianships (
  school_id bigint not null,
  guardian_id bigint not null,
  learner_id bigint not null,
  id bigint not null, -- Of its events.
  created_at bigint not null,
  primary key (school_id, guardian_id, learner_id),
  foreign key (school_id, guardian_id) references people,
  foreign key (school_id, learner_id) references people
);
create index guardianships_of_learner on guardianships (school_id, learner_id);

-- What guardians agree to: every text that the school has had, as consents name the one they were given to.
create table guardian_consent_texts (
  school_id bigint not null references schools,
  version bigint not null,
  text text not null,
  created_at bigint not null,
  primary key (school_id, version)
);

create table guardian_consents (
  school_id bigint not null,
  id bigint not null,
  learner_id bigint not null,
  guardian_id bigint not null,
  text_version bigint not null,
  given_at bigint not null,
  withdrawn_at bigint, -- null: it stands.
  primary key (school_id, id),
  foreign key (school_id, guardian_id) references people,
  foreign key (school_id, learner_id) references people
);
create unique index guardian_consents_standing on guardian_consents (school_id, learner_id, guardian_id)
  where withdrawn_at is null;
create index guardian_consents_of_learner on guardian_consents (school_id, learner_id);
create index guardian_consents_of_guardian on guardian_consents (school_id, guardian_id);

-- Half hours in which an admin acts in somebody's name.
create table impersonations (
  school_id bigint not null,
  id bigint not null,
  admin_id bigint not null,
  person_id bigint not null,
  reason_id bigint not null, -- A text about the person, who reads it.
  started_at bigint not null,
  expires_at bigint not null,
  ended_at bigint, -- null: not by hand.
  primary key (school_id, id),
  foreign key (school_id, admin_id) references people,
  foreign key (school_id, person_id) references people
);
create index impersonations_by_admin on impersonations (school_id, admin_id, expires_at);
create index impersonations_of_person on impersonations (school_id, person_id);
create index impersonations_started on impersonations (school_id, started_at);

do $$
declare name text;
begin
  foreach name in array array['guardianships', 'guardian_consent_texts', 'guardian_consents', 'impersonations']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy of_school on %I using (school_id = entered_school())', name);
  end loop;
end $$;
