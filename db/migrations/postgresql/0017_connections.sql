-- Expands: calendars elsewhere: accounts that instructors connect, what of their calendars takes time here, where their
-- lessons stand there, and what somebody has to decide (docs/decisions/0032).

create table connections (
  school_id bigint not null,
  id bigint not null,
  person_id bigint not null,
  provider text not null check (provider in ('google')),
  subject_hash bytea not null, -- Of issuer and subject, keyed.
  sealed bytea not null, -- The address of the account, under the person's key.
  scopes text not null, -- As they were granted, parted by spaces.
  detail text not null check (detail in ('busy', 'lesson', 'learner')), -- What an event there says.
  tentative integer not null check (tentative in (0, 1)), -- What is tentative there takes time here.
  state text not null check (state in ('connected', 'degraded', 'needs_consent')),
  failing_since bigint, -- null: the last call was answered.
  refresh_token bytea, -- Both sealed under the person's key; null: none.
  access_token bytea,
  access_until bigint not null default 0,
  refreshing_until bigint not null default 0, -- Somebody asks for a new one; nobody else does until then.
  connected_at bigint not null,
  version bigint not null,
  primary key (school_id, id),
  unique (school_id, person_id, provider, subject_hash),
  foreign key (school_id, person_id) references people
);

create table outside_calendars (
  school_id bigint not null,
  id bigint not null,
  connection_id bigint not null,
  person_id bigint not null, -- The instructor whose time it takes and whose lessons stand in it.
  remote_hash bytea not null, -- Of its id there, keyed.
  sealed bytea not null, -- Its id and its name there, under the person's key.
  blocks integer not null check (blocks in (0, 1)), -- Its events take time here.
  shows integer not null check (shows in (0, 1)), -- Lessons are written into it.
  sync_token text not null default '',
  read_at bigint, -- When it was last known to be as it is there; null: never.
  expanded_at bigint not null default 0, -- When its series were last made into times.
  problem text not null default '' check (problem in ('', 'missing', 'unreadable')),
  channel_id text, -- Through which the provider tells of changes; null: none.
  channel_token_hash bytea,
  channel_resource text,
  channel_until bigint not null default 0,
  primary key (school_id, id),
  unique (school_id, connection_id, remote_hash),
  foreign key (school_id, connection_id) references connections
);
create unique index outside_calendars_shown on outside_calendars (school_id, person_id) where shows = 1;
create index outside_calendars_person on outside_calendars (school_id, person_id);
create unique index outside_calendars_channel on outside_calendars (school_id, channel_id) where channel_id is not null;

-- When each calendar is read next. Ids only: whoever works at it works for all schools, as with jobs.
create table calendar_turns (
  school_id bigint not null,
  calendar_id bigint not null,
  due_at bigint not null,
  failures bigint not null default 0,
  taken_until bigint not null default 0,
  claim bigint not null default 0,
  primary key (school_id, calendar_id)
);
create index calendar_turns_due on calendar_turns (due_at);

-- What is known of the events there: when, and whether they take time.
create table outside_events (
  school_id bigint not null,
  calendar_id bigint not null,
  event_id text not null,
  state text not null, -- JSON of calendars::ForeignEvent.
  primary key (school_id, calendar_id, event_id),
  foreign key (school_id, calendar_id) references outside_calendars
);

-- Where a lesson stands in a calendar there.
create table shown_lessons (
  school_id bigint not null,
  booking_id bigint not null,
  calendar_id bigint not null,
  person_id bigint not null, -- The instructor.
  event_id text not null,
  generation bigint not null,
  etag text not null,
  starts_at bigint, -- As it was written last; null: nobody heard that it was.
  ends_at bigint,
  print text not null, -- A keyed hash of all that was written.
  human integer not null check (human in (0, 1, 2)), -- What somebody did to it there: store::ByHuman.
  primary key (school_id, booking_id, calendar_id),
  foreign key (school_id, calendar_id) references outside_calendars
);
create unique index shown_lessons_event on shown_lessons (school_id, event_id, calendar_id);
create index shown_lessons_person on shown_lessons (school_id, person_id);
create index shown_lessons_calendar on shown_lessons (school_id, calendar_id);

-- What somebody did to a lesson in a calendar there that cannot be followed, until somebody here decides.
create table conflicts (
  school_id bigint not null,
  id bigint not null,
  booking_id bigint not null,
  calendar_id bigint not null,
  person_id bigint not null, -- The instructor.
  booking_version bigint not null, -- As the booking was: once it is another, nothing is left to decide.
  starts_at bigint, -- Where it was moved to; null: it was deleted.
  ends_at bigint,
  rules text not null, -- Those that refused it, parted by commas.
  created_at bigint not null,
  primary key (school_id, id),
  unique (school_id, booking_id, calendar_id)
);
create index conflicts_person on conflicts (school_id, person_id);

alter table busy add column calendar_id bigint not null default 0; -- The outside calendar that says so.
-- How old what is known of an instructor's calendars may be before they are asked once more as a lesson is booked, in
-- minutes; 0: they are not asked.
alter table schools add column calendar_check_minutes bigint not null default 0;
create index busy_calendar on busy (school_id, calendar_id);
create index busy_days on busy (school_id, ends_at); -- Of the whole school.

do $$
declare name text;
begin
  foreach name in array array['connections', 'outside_calendars', 'outside_events', 'shown_lessons', 'conflicts']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy of_school on %I using (school_id = entered_school())', name);
  end loop;
end $$;
