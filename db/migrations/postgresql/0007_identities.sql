-- Sign-in by OpenID Connect and Supabase: who somebody is at a provider, and the sign-ins there that were used up.

create table identities (
  school_id bigint not null,
  id bigint not null,
  person_id bigint not null,
  provider text not null check (provider in ('google', 'oidc', 'supabase')),
  subject_hash bytea not null, -- Keyed hash of issuer and subject; neither is kept.
  created_at bigint not null,
  primary key (school_id, id),
  foreign key (school_id, person_id) references people
);
create unique index identities_subject on identities (school_id, subject_hash);
create unique index identities_of_person on identities (school_id, person_id, provider);

create table spent_states (
  school_id bigint not null references schools,
  hash bytea not null,
  expires_at bigint not null, -- Then the cookie that goes with it is too old, and the row may go.
  primary key (school_id, hash)
);
create index spent_states_age on spent_states (school_id, expires_at);

do $$
declare name text;
begin
  foreach name in array array['identities', 'spent_states'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy of_school on %I using (school_id = entered_school())', name);
  end loop;
end $$;
