-- Expands: what a school tells people and asks them to agree to, and what each of them said (docs/decisions/0023).

-- Every version that was ever published, since agreements name one; an empty text: from this version on there is none.
create table policies (
  school_id bigint not null references schools,
  kind text not null check (kind in ('terms', 'notice', 'photos', 'news')),
  version bigint not null,
  text text not null,
  published_at bigint not null,
  primary key (school_id, kind, version)
);

-- Rows are only ever added; of a person and a kind the last one counts.
create table agreements (
  school_id bigint not null,
  id bigint not null,
  person_id bigint not null,
  kind text not null,
  version bigint not null,
  given integer not null check (given in (0, 1)), -- 0: withdrawn.
  at bigint not null,
  primary key (school_id, id),
  foreign key (school_id, person_id) references people
);
create index agreements_of_person on agreements (school_id, person_id, kind, id);
