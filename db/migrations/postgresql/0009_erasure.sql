-- Expands: whoever is erased stays as a row without a name, so that lessons still count.

alter table people add column erased_at bigint; -- null: not erased.
create index people_erased on people (school_id, id) where erased_at is not null;
