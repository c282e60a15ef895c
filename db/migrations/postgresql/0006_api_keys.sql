-- Expands: keys by which programs ask in somebody's name, within some scopes.

create table api_keys (
  school_id bigint not null,
  id bigint not null,
  person_id bigint not null, -- In whose name.
  name text not null, -- Of the program, as the operator calls it.
  token_hash bytea not null,
  scopes text not null, -- "bookings:read,people:read"
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint, -- Within an hour; null: never.
  ended_at bigint,
  primary key (school_id, id),
  foreign key (school_id, person_id) references people
);
create unique index api_keys_of_token on api_keys (school_id, token_hash);
create index api_keys_of_person on api_keys (school_id, person_id);
alter table api_keys enable row level security;
alter table api_keys force row level security;
create policy of_school on api_keys using (school_id = entered_school());
