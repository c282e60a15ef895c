-- Second factors: codes of an authenticator app with backup codes, and passkeys (docs/decisions/0020).

alter table schools add column second_factor_required integer not null default 0
  check (second_factor_required in (0, 1)); -- Of staff.
alter table sessions add column second_factor integer not null default 0
  check (second_factor in (0, 1)); -- Whoever began it has shown two factors, or has set up one in it.

create table totp (
  school_id bigint not null,
  person_id bigint not null,
  sealed bytea, -- The secret; null: not confirmed yet.
  last_step bigint not null default 0, -- The step of 30 seconds whose code was taken last: none up to it is again.
  pending bytea, -- Sealed, too: the secret that waits for its first code,
  pending_until bigint, -- until then.
  primary key (school_id, person_id),
  foreign key (school_id, person_id) references people
);

create table backup_codes (
  school_id bigint not null,
  person_id bigint not null,
  hash bytea not null, -- Keyed.
  primary key (school_id, person_id, hash),
  foreign key (school_id, person_id) references people
);

create table passkeys (
  school_id bigint not null,
  id bigint not null,
  person_id bigint not null,
  credential_id bytea not null,
  algorithm integer not null, -- Of COSE: -7 is ES256, -8 EdDSA, -257 RS256.
  public_key bytea not null, -- As libfido2 has it.
  sign_count bigint not null,
  sealed bytea not null, -- Its name.
  created_at bigint not null,
  used_at bigint,
  primary key (school_id, id),
  foreign key (school_id, person_id) references people
);
create unique index passkeys_credential on passkeys (school_id, credential_id);
create index passkeys_person on passkeys (school_id, person_id);

-- Challenges are sealed and kept nowhere until they are used; from then on until they would have ended, here.
create table spent_challenges (
  school_id bigint not null references schools,
  hash bytea not null,
  expires_at bigint not null,
  primary key (school_id, hash)
);
create index spent_challenges_expiring on spent_challenges (school_id, expires_at);

do $$
declare name text;
begin
  foreach name in array array['totp', 'backup_codes', 'passkeys', 'spent_challenges']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy of_school on %I using (school_id = entered_school())', name);
  end loop;
end $$;
