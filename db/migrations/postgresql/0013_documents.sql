-- Expands: permits and consent forms of learners, each sealed under the key of the person it is about.

create table documents (
  school_id bigint not null,
  id bigint not null,
  person_id bigint not null,
  kind text not null check (kind in ('permit', 'consent_form')),
  media text not null check (media in ('application/pdf', 'image/jpeg', 'image/png')),
  size bigint not null, -- Bytes of the file as it was uploaded.
  sealed bytea not null,
  valid_until text, -- The last day; null: without end.
  uploaded_by bigint not null,
  uploaded_at bigint not null,
  primary key (school_id, id),
  foreign key (school_id, person_id) references people
);
create index documents_of_person on documents (school_id, person_id, id);

alter table documents enable row level security;
alter table documents force row level security;
create policy of_school on documents using (school_id = entered_school());
