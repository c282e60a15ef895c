-- Expands: what people ask about their data (art. 12 GDPR), until when it is answered, and how (docs/decisions/0030).

create table data_requests (
  school_id bigint not null,
  id bigint not null,
  person_id bigint not null, -- Whose data it is about.
  data_right text not null check (data_right in ('access', 'rectification', 'erasure', 'restriction', 'portability',
    'objection')),
  words_id bigint, -- A text about the person, like the two below; null: none.
  received_on text not null, -- A day of the school, like the next.
  due_on text not null,
  filed_by bigint not null,
  filed_at bigint not null,
  extension_id bigint, -- Why it takes longer.
  closed_at bigint,
  outcome text check (outcome in ('done', 'refused', 'ended')), -- Ended: the person was erased meanwhile.
  answer_id bigint,
  version bigint not null,
  primary key (school_id, id),
  foreign key (school_id, person_id) references people,
  check ((closed_at is null) = (outcome is null))
);
create index data_requests_due on data_requests (school_id, due_on, id) where closed_at is null;
create index data_requests_closed on data_requests (school_id, closed_at) where closed_at is not null;
create index data_requests_of_person on data_requests (school_id, person_id, id);
