-- Second factors: codes of an authenticator app with backup codes, and passkeys (docs/decisions/0020).

alter table schools add column second_factor_required integer not null default 0
  check (second_factor_required in (0, 1)); -- Of staff.
alter table sessions add column second_factor integer not null default 0
  check (second_factor in (0, 1)); -- Whoever began it has shown two factors, or has set up one in it.

create table totp (
  school_id bigint not null,
  person_id bigint not null,
  sealed blob, -- The secret; null: not confirmed yet.
  last_step bigint not null default 0, -- The step of 30 seconds whose code was taken last: none up to it is again.
  pending blob, -- Sealed, too: the secret that waits for its first code,
  pending_until bigint, -- until then.
  primary key (school_id, person_id),
  foreign key (school_id, person_id) references people
);

create table backup_codes (
  school_id bigint not null,
  person_id bigint not null,
  hash blob not null, -- Keyed.
  primary key (school_id, person_id, hash),
  foreign key (school_id, person_id) references people
);

create table passkeys (
  school_id bigint not null,
  id bigint not null,
  person_id bigint not null,
  credential_id blob not null,
  algorithm integer not null, -- Of COSE: -7 is ES256, -8 EdDSA, -257 RS256.
  public_key blob not null, -- As libfido2 has it.
  sign_count bigint not null,
  sealed blob not null, -- Its name.
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
  hash blob not null,
  expires_at bigint not null,
  primary key (school_id, hash)
);
create index spent_challenges_expiring on spent_challenges (school_id, expires_at);
