-- Guests: times that somebody keeps without an account, and links to one lesson (docs/decisions/0021).

alter table schools add column guests integer not null default 0
  check (guests in (0, 1)); -- Whoever proves an address books without an account.

alter table bookings alter column learner_id drop not null, alter column created_by drop not null,
  add check (learner_id is not null or status in ('held', 'released', 'expired')),
  add check ((learner_id is null) = (created_by is null));

create table guest_holds (
  school_id bigint not null references schools,
  booking_id bigint not null,
  token_hash bytea not null, -- Of what the guest shows to keep it longer, give it back or book it.
  source_hash bytea not null, -- Keyed, of the address that asked; it goes with the row, when the hold ends.
  place integer not null check (place between 1 and 5), -- So many holds one source has at once.
  expires_at bigint not null,
  person_id bigint, -- Who the guest will be; their key is there first.
  sealed bytea, -- Name, e-mail, telephone.
  email_hash bytea,
  code_hash bytea, -- Keyed, of the code that was sent last.
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
  token_hash bytea not null,
  booking_id bigint not null,
  person_id bigint not null,
  expires_at bigint not null,
  primary key (school_id, token_hash),
  foreign key (school_id, person_id) references people
);
create index guest_links_booking on guest_links (school_id, booking_id);
create index guest_links_person on guest_links (school_id, person_id);
create index guest_links_expiring on guest_links (school_id, expires_at);

do $$
declare name text;
begin
  foreach name in array array['guest_holds', 'guest_links']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy of_school on %I using (school_id = entered_school())', name);
  end loop;
end $$;
