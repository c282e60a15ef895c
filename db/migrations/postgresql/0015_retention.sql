-- Expands: how long a school keeps what of people, and of whom nothing goes meanwhile (docs/decisions/0029).

-- One row a school, from the first time on that it says anything.
create table retention (
  school_id bigint primary key references schools,
  text_months bigint, -- null, here and below: kept until somebody removes it.
  document_months bigint,
  learner_months bigint,
  version bigint not null
);

create table legal_holds (
  school_id bigint not null,
  person_id bigint not null,
  kind text not null check (kind in ('claim', 'restriction')),
  id bigint not null, -- Of its events.
  reason_id bigint not null, -- A text about the person.
  placed_by bigint not null,
  placed_at bigint not null,
  primary key (school_id, person_id, kind),
  foreign key (school_id, person_id) references people
);

create index texts_by_age on texts (school_id, created_at) where sealed is not null;
create index documents_by_end on documents (school_id, valid_until) where valid_until is not null;
create index people_by_age on people (school_id, role, created_at) where erased_at is null;

do $$
declare name text;
begin
  foreach name in array array['retention', 'legal_holds']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy of_school on %I using (school_id = entered_school())', name);
  end loop;
end $$;
