-- Guests: times that somebody keeps without an account, and links to one lesson (docs/decisions/0021).

alter table schools add column guests integer not null default 0
  check (guests in (0, 1)); -- Whoever proves an address books without an account.

-- SQLite takes no column's "not null" away: the table is made anew, its rows, indexes and triggers as they were.
create table bookings_of_guests_too (
  school_id bigint not null references schools,
  id bigint not null,
  version bigint not null,
  status text not null check (status in
    ('held', 'requested', 'booked', 'released', 'expired', 'refused', 'cancelled', 'delivered', 'no_show')),
  blocks integer not null check (blocks in (0, 1)),
  lesson_type_id bigint not null,
  instructor_id bigint not null,
  learner_id bigint, -- null: a time that a guest keeps.
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
  created_by bigint,
  primary key (school_id, id),
  check (starts_at % 300 = 0 and ends_at % 300 = 0 and ends_at > starts_at),
  check (occupied_start <= starts_at and occupied_end >= ends_at),
  check (occupied_start % 300 = 0 and occupied_end % 300 = 0),
  check (occupied_end - occupied_start <= 86400 and vehicle_end >= ends_at and vehicle_end - starts_at <= 86400),
  -- While rows change places in one transaction (a swap) an active booking may not block; it never stays so.
  check (blocks = 0 or status in ('held', 'requested', 'booked')),
  check (status not in ('held', 'requested') or expires_at is not null),
  check (learner_id is not null or status in ('held', 'released', 'expired')),
  check ((learner_id is null) = (created_by is null))
);
insert into bookings_of_guests_too (
  school_id, id, version, status, blocks, lesson_type_id, instructor_id, learner_id, vehicle_id, starts_at,
  ends_at, occupied_start, occupied_end, vehicle_end, local_start, zone, price_minor, currency, cancel_free_until,
  pickup_id, dropoff_id, note_id, expires_at, extended, created_at, created_by
)
select
  school_id, id, version, status, blocks, lesson_type_id, instructor_id, learner_id, vehicle_id, starts_at,
  ends_at, occupied_start, occupied_end, vehicle_end, local_start, zone, price_minor, currency, cancel_free_until,
  pickup_id, dropoff_id, note_id, expires_at, extended, created_at, created_by
from bookings;
drop table bookings;
alter table bookings_of_guests_too rename to bookings;
create index bookings_instructor on bookings (school_id, instructor_id, occupied_start, occupied_end) where blocks = 1;
create index bookings_learner on bookings (school_id, learner_id, starts_at, ends_at) where blocks = 1;
create index bookings_vehicle on bookings (school_id, vehicle_id, starts_at, vehicle_end) where blocks = 1;
create index bookings_expiry on bookings (expires_at) where blocks = 1 and expires_at is not null;
create index bookings_list on bookings (school_id, starts_at, id);
create index bookings_of_instructor on bookings (school_id, instructor_id, starts_at, id);
create index bookings_of_learner on bookings (school_id, learner_id, starts_at, id);
create index bookings_of_lesson_type on bookings (school_id, lesson_type_id);
create index bookings_of_vehicle on bookings (school_id, vehicle_id) where vehicle_id is not null;
create index bookings_of_pair on bookings (school_id, instructor_id, learner_id);
create trigger bookings_no_overlap_insert before insert on bookings when new.blocks = 1
begin
  select raise(abort, 'overlap:instructor') where exists (
    select 1 from bookings b where b.blocks = 1 and b.school_id = new.school_id and b.instructor_id = new.instructor_id
      and b.occupied_start < new.occupied_end and b.occupied_start > new.occupied_start - 86400
      and b.occupied_end > new.occupied_start and b.id <> new.id);
  select raise(abort, 'overlap:learner') where exists (
    select 1 from bookings b where b.blocks = 1 and b.school_id = new.school_id and b.learner_id = new.learner_id
      and b.starts_at < new.ends_at and b.starts_at > new.starts_at - 86400
      and b.ends_at > new.starts_at and b.id <> new.id);
  select raise(abort, 'overlap:vehicle') where exists (
    select 1 from bookings b where b.blocks = 1 and b.school_id = new.school_id and b.vehicle_id = new.vehicle_id
      and b.starts_at < new.vehicle_end and b.starts_at > new.starts_at - 86400
      and b.vehicle_end > new.starts_at and b.id <> new.id);
end;
create trigger bookings_no_overlap_update
before update of school_id, instructor_id, learner_id, vehicle_id, starts_at, ends_at, occupied_start, occupied_end,
  vehicle_end, blocks on bookings when new.blocks = 1
begin
  select raise(abort, 'overlap:instructor') where exists (
    select 1 from bookings b where b.blocks = 1 and b.school_id = new.school_id and b.instructor_id = new.instructor_id
      and b.occupied_start < new.occupied_end and b.occupied_start > new.occupied_start - 86400
      and b.occupied_end > new.occupied_start and b.id <> new.id);
  select raise(abort, 'overlap:learner') where exists (
    select 1 from bookings b where b.blocks = 1 and b.school_id = new.school_id and b.learner_id = new.learner_id
      and b.starts_at < new.ends_at and b.starts_at > new.starts_at - 86400
      and b.ends_at > new.starts_at and b.id <> new.id);
  select raise(abort, 'overlap:vehicle') where exists (
    select 1 from bookings b where b.blocks = 1 and b.school_id = new.school_id and b.vehicle_id = new.vehicle_id
      and b.starts_at < new.vehicle_end and b.starts_at > new.starts_at - 86400
      and b.vehicle_end > new.starts_at and b.id <> new.id);
end;

create table guest_holds (
  school_id bigint not null references schools,
  booking_id bigint not null,
  token_hash blob not null, -- Of what the guest shows to keep it longer, give it back or book it.
  source_hash blob not null, -- Keyed, of the address that asked; it goes with the row, when the hold ends.
  place integer not null check (place between 1 and 5), -- So many holds one source has at once.
  expires_at bigint not null,
  person_id bigint, -- Who the guest will be; their key is there first.
  sealed blob, -- Name, e-mail, telephone.
  email_hash blob,
  code_hash blob, -- Keyed, of the code that was sent last.
  codes integer not null default 0, -- How many were asked for,
  tries integer not null default 0, -- and how often one was entered.
  primary key (school_id, booking_id)
);
create unique index guest_holds_token on guest_holds (school_id, token_hash);
create index guest_holds_person on guest_holds (school_id, person_id);
create unique index guest_holds_place on guest_holds (school_id, source_hash, place);

-- The secrets of the links in mails by which a guest sees, moves and cancels one lesson.
create table guest_links (
  school_id bigint not null,
  token_hash blob not null,
  booking_id bigint not null,
  person_id bigint not null,
  expires_at bigint not null,
  primary key (school_id, token_hash),
  foreign key (school_id, person_id) references people
);
create index guest_links_booking on guest_links (school_id, booking_id);
create index guest_links_person on guest_links (school_id, person_id);
create index guest_links_expiring on guest_links (school_id, expires_at);
