create extension if not exists btree_gist;

-- Everything starts with school_id: one database may hold many schools, and no key, index or query crosses them.
-- Instants are seconds since 1970 (UTC); lengths are minutes; dates are text, 2026-03-29; booleans are 0 and 1.
-- Personal values lie in columns named sealed and nowhere else (docs/decisions/0005).

create table schools (
  school_id bigint primary key,
  slug text not null unique,
  name text not null,
  zone text not null,
  currency text not null,
  approval integer not null default 0 check (approval in (0, 1)),
  version bigint not null,
  rules_version bigint not null default 1, -- Moves with constraints, closures, lesson types, vehicles and the school.
  created_at bigint not null,
  reminders text not null default '1440,120', -- Minutes before a lesson.
  colour text not null default '', -- "#rrggbb"; empty: Roadbook's own.
  notice_texts text not null default '{}' -- JSON: what is said → words of the school.
);

create table people (
  school_id bigint not null references schools,
  id bigint not null,
  role text not null check (role in ('admin', 'office', 'instructor', 'learner')),
  sealed bytea, -- Name, e-mail, phone as JSON, under the person's key; null once erased.
  email_hash bytea, -- Keyed hash for sign-in and uniqueness; null once erased.
  active integer not null default 1 check (active in (0, 1)),
  version bigint not null,
  created_at bigint not null,
  primary key (school_id, id)
);
create unique index people_email_hash on people (school_id, email_hash) where email_hash is not null;
create index people_role on people (school_id, role, id);

create table passwords (
  school_id bigint not null,
  person_id bigint not null,
  hash text not null, -- Argon2id in its standard text form.
  changed_at bigint not null,
  primary key (school_id, person_id),
  foreign key (school_id, person_id) references people
);

create table sessions (
  school_id bigint not null,
  id bigint not null,
  person_id bigint not null,
  refresh_hash bytea not null,
  previous_hash bytea, -- The token before this one: good until previous_until or until the successor was used.
  previous_until bigint,
  created_at bigint not null,
  used_at bigint not null,
  expires_at bigint not null,
  ended_at bigint,
  primary key (school_id, id),
  foreign key (school_id, person_id) references people
);
create unique index sessions_refresh on sessions (refresh_hash);
create unique index sessions_previous on sessions (previous_hash) where previous_hash is not null;
create index sessions_person on sessions (school_id, person_id) where ended_at is null;

create table one_time_tokens (
  school_id bigint not null,
  hash bytea not null,
  person_id bigint not null,
  purpose text not null check (purpose in ('welcome')),
  expires_at bigint not null,
  primary key (school_id, hash),
  foreign key (school_id, person_id) references people
);

create table places (
  school_id bigint not null,
  id bigint not null,
  person_id bigint not null,
  sealed bytea, -- Text and postcode as JSON.
  created_at bigint not null,
  primary key (school_id, id),
  foreign key (school_id, person_id) references people
);
create index places_person on places (school_id, person_id);

create table texts (
  school_id bigint not null,
  id bigint not null,
  person_id bigint not null, -- The person it is about, whose key seals it.
  sealed bytea,
  created_at bigint not null,
  primary key (school_id, id),
  foreign key (school_id, person_id) references people
);

-- The lock and the version of everything that can be taken: whoever decides about a calendar moves its version first.
create table calendars (
  school_id bigint not null references schools,
  kind text not null check (kind in ('instructor', 'learner', 'vehicle')),
  id bigint not null,
  version bigint not null,
  primary key (school_id, kind, id)
);

create table lesson_types (
  school_id bigint not null references schools,
  id bigint not null,
  name text not null,
  length integer not null check (length > 0 and length % 5 = 0),
  step integer not null check (step > 0 and step % 5 = 0),
  buffer_before integer not null check (buffer_before >= 0 and buffer_before % 5 = 0),
  buffer_after integer not null check (buffer_after >= 0 and buffer_after % 5 = 0),
  notice_book integer not null check (notice_book >= 0),
  notice_move integer not null check (notice_move >= 0),
  notice_cancel integer not null check (notice_cancel >= 0),
  horizon_days integer not null check (horizon_days > 0),
  price_minor bigint not null check (price_minor >= 0),
  transmission text not null check (transmission in ('manual', 'automatic', 'any')),
  needs_vehicle integer not null check (needs_vehicle in (0, 1)),
  active integer not null check (active in (0, 1)),
  version bigint not null,
  primary key (school_id, id),
  check (length + buffer_before + buffer_after <= 1440)
);

create table vehicles (
  school_id bigint not null references schools,
  id bigint not null,
  name text not null,
  transmission text not null check (transmission in ('manual', 'automatic')),
  turnaround integer not null check (turnaround between 0 and 720 and turnaround % 5 = 0),
  drivers text not null, -- JSON: ids of the instructors who may drive it, sorted.
  active integer not null check (active in (0, 1)),
  version bigint not null,
  primary key (school_id, id)
);

create table hours (
  school_id bigint not null,
  instructor_id bigint not null,
  weekly text not null, -- JSON: [{weekday, start, end}], minutes since local midnight.
  overrides text not null, -- JSON: [{date, ranges: [{start, end}]}].
  version bigint not null,
  primary key (school_id, instructor_id),
  foreign key (school_id, instructor_id) references people
);

create table time_off (
  school_id bigint not null,
  id bigint not null,
  instructor_id bigint not null,
  starts_at bigint not null,
  ends_at bigint not null,
  version bigint not null,
  title_id bigint, -- A personal event: what it is, in texts.
  primary key (school_id, id),
  check (ends_at > starts_at and starts_at % 300 = 0 and ends_at % 300 = 0)
);
create index time_off_instructor on time_off (school_id, instructor_id, ends_at);

create table closures (
  school_id bigint not null references schools,
  id bigint not null,
  name text not null,
  from_date text not null,
  to_date text not null, -- Exclusive.
  version bigint not null,
  primary key (school_id, id),
  check (to_date > from_date)
);

create table constraints (
  school_id bigint not null references schools,
  rule text not null,
  instructor_id bigint not null default 0, -- 0: the whole school.
  enabled integer not null check (enabled in (0, 1)),
  value bigint not null check (value >= 0),
  break_minutes integer not null default 0,
  message text not null default '',
  primary key (school_id, rule, instructor_id)
);

-- Foreign busy time of an instructor, rounded outwards to five minutes. Not an event: it belongs to somebody else's
-- calendar.
create table busy (
  school_id bigint not null,
  instructor_id bigint not null,
  id bigint not null,
  starts_at bigint not null,
  ends_at bigint not null,
  primary key (school_id, instructor_id, id),
  check (ends_at > starts_at and starts_at % 300 = 0 and ends_at % 300 = 0)
);
create index busy_span on busy (school_id, instructor_id, ends_at, starts_at);

create table bookings (
  school_id bigint not null references schools,
  id bigint not null,
  version bigint not null,
  status text not null check (status in
    ('held', 'requested', 'booked', 'released', 'expired', 'refused', 'cancelled', 'delivered', 'no_show')),
  blocks integer not null check (blocks in (0, 1)),
  lesson_type_id bigint not null,
  instructor_id bigint not null,
  learner_id bigint not null,
  vehicle_id bigint,
  starts_at bigint not null,
  ends_at bigint not null,
  occupied_start bigint not null, -- The instructor's span: the lesson with its buffers, frozen at booking time.
  occupied_end bigint not null,
  vehicle_end bigint not null, -- The vehicle's span ends here: the lesson plus the turnaround.
  local_start text not null,
  zone text not null,
  price_minor bigint not null,
  currency text not null,
  cancel_free_until bigint not null,
  pickup_id bigint,
  dropoff_id bigint,
  note_id bigint,
  expires_at bigint, -- Of a hold or a request.
  extended integer not null default 0 check (extended in (0, 1)), -- A hold is extended once.
  created_at bigint not null,
  created_by bigint not null,
  primary key (school_id, id),
  check (starts_at % 300 = 0 and ends_at % 300 = 0 and ends_at > starts_at),
  check (occupied_start <= starts_at and occupied_end >= ends_at),
  check (occupied_start % 300 = 0 and occupied_end % 300 = 0),
  check (occupied_end - occupied_start <= 86400 and vehicle_end >= ends_at and vehicle_end - starts_at <= 86400),
  -- While rows change places in one transaction (a swap) an active booking may not block; it never stays so.
  check (blocks = 0 or status in ('held', 'requested', 'booked')),
  check (status not in ('held', 'requested') or expires_at is not null)
);
create index bookings_instructor on bookings (school_id, instructor_id, occupied_start, occupied_end) where blocks = 1;
create index bookings_learner on bookings (school_id, learner_id, starts_at, ends_at) where blocks = 1;
create index bookings_vehicle on bookings (school_id, vehicle_id, starts_at, vehicle_end) where blocks = 1;
create index bookings_expiry on bookings (expires_at) where blocks = 1 and expires_at is not null;
create index bookings_list on bookings (school_id, starts_at, id);
create index bookings_of_instructor on bookings (school_id, instructor_id, starts_at, id);
create index bookings_of_learner on bookings (school_id, learner_id, starts_at, id);

-- The last word on double booking.
alter table bookings
  add constraint "overlap:instructor" exclude using gist
    (school_id with =, instructor_id with =, int8range(occupied_start, occupied_end) with &&) where (blocks = 1),
  add constraint "overlap:learner" exclude using gist
    (school_id with =, learner_id with =, int8range(starts_at, ends_at) with &&) where (blocks = 1),
  add constraint "overlap:vehicle" exclude using gist
    (school_id with =, vehicle_id with =, int8range(starts_at, vehicle_end) with &&) where (blocks = 1);

-- The log. Rows of everything above that is not people's, sessions' or foreign busy time follow from it.
create table events (
  school_id bigint not null references schools,
  id bigint not null,
  stream text not null, -- booking/<id>, lesson-type/<id>, vehicle/<id>, hours/<instructor>, …
  version bigint not null,
  type text not null,
  data text not null, -- JSON, docs/events.md. Ids only, never a personal value.
  actor bigint, -- The person who did it; null: the system.
  correlation_id text not null,
  at bigint not null,
  quiet integer not null default 0 check (quiet in (0, 1)), -- Seeds and imports: nobody is told.
  primary key (school_id, id),
  constraint events_stream_version unique (school_id, stream, version)
);
create table event_cursor (
  school_id bigint primary key references schools,
  position bigint not null,
  chain_hash bytea not null
);
-- What transactions that are done have left, and what has no place yet (docs/decisions/0006).
create table event_inbox (
  n bigint generated always as identity primary key,
  school_id bigint not null,
  event_id bigint, -- An event,
  signal text, -- or what the transaction moved: "kind school id version" a line.
  at timestamptz not null default clock_timestamp(),
  check (event_id is null or signal is null)
);
create index event_inbox_school on event_inbox (school_id, n);
create table signals (
  position bigint generated always as identity primary key,
  school_id bigint not null,
  signal text not null,
  at bigint not null default extract(epoch from now())
);
create table event_order (
  school_id bigint not null,
  position bigint not null,
  event_id bigint not null,
  chain_hash bytea not null,
  primary key (school_id, position)
);
create function events_are_final() returns trigger language plpgsql as $$
begin
  raise exception 'events are final' using errcode = 'check_violation', constraint = 'events:final';
end $$;
create trigger events_are_final before update or delete or truncate on events execute function events_are_final();

create table idempotency (
  school_id bigint not null references schools,
  principal bigint not null,
  route text not null,
  key text not null,
  body_hash bytea not null,
  status integer not null, -- The HTTP status of the outcome; only outcomes that changed something are kept.
  resource_id bigint not null,
  at bigint not null,
  primary key (school_id, principal, route, key)
);
create index idempotency_age on idempotency (at);

-- What happens after commits: jobs that follow from events, and what each person was last told of a booking.

create table jobs (
  school_id bigint not null references schools,
  id bigint not null,
  kind text not null check (kind in ('notice', 'reminder', 'invitation')),
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
-- A job says that something is to be made so, not what happened: the next event of the booking finds it and moves it.
create unique index jobs_once on jobs (school_id, kind, booking_id, person_id, lead);
create index jobs_due on jobs (due_at) where dead = 0;
create index jobs_dead on jobs (school_id, id) where dead = 1;

create table notices (
  school_id bigint not null,
  booking_id bigint not null,
  person_id bigint not null,
  version bigint not null, -- Of the booking, as this person knows it.
  primary key (school_id, booking_id, person_id)
);

-- The position up to which events have become jobs. What was there before is old news.
create table dispatch_cursor (
  school_id bigint primary key references schools,
  position bigint not null
);

create table feeds (
  school_id bigint not null,
  person_id bigint not null,
  token_hash bytea not null,
  created_at bigint not null,
  primary key (school_id, person_id),
  foreign key (school_id, person_id) references people
);
create unique index feeds_token on feeds (school_id, token_hash);

-- Schools apart: every command sees what is the school's that its transaction has entered, and nothing where it has
-- entered none. What carries ids only has no wall, because those who follow it follow all schools: schools,
-- event_cursor, event_inbox, event_order, signals, jobs, dispatch_cursor.
create function entered_school() returns bigint language sql stable as
  $$ select nullif(current_setting('app.school', true), '')::bigint $$;
do $$
declare name text;
begin
  foreach name in array array['people', 'passwords', 'sessions', 'one_time_tokens', 'places', 'texts', 'calendars',
    'lesson_types', 'vehicles', 'hours', 'time_off', 'closures', 'constraints', 'busy', 'bookings', 'events',
    'idempotency', 'notices', 'feeds']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy of_school on %I using (school_id = entered_school())', name);
  end loop;
end $$;
