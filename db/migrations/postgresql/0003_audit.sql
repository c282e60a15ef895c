-- Expands: who saw whose data, who signed in or could not, and what was refused: what is no event. Only ever added to
-- (docs/decisions/0016).

create table audit (
  school_id bigint not null references schools,
  id bigint not null, -- Made when the row is written; grows within the school.
  at bigint not null,
  action text not null,
  actor bigint, -- null: nobody who is known.
  whose text not null, -- Ids of the people whose data it was, in base32 with a space between; '': nobody's.
  what text not null, -- What was asked for: the path, without its query.
  network text not null, -- Of the client, as /24 or /48; '': not known.
  address_hash text not null, -- Keyed hash of the client's address.
  correlation_id text not null,
  chain_hash bytea not null,
  primary key (school_id, id)
);
create index audit_of_actor on audit (school_id, actor, id);

-- Where the chain ends, and where it begins since the rows before were forgotten.
create table audit_chain (
  school_id bigint primary key references schools,
  id bigint not null,
  chain_hash bytea not null,
  kept_after bigint not null, -- The last row that was forgotten; 0: none.
  kept_hash bytea not null
);

create function audit_is_final() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and tg_table_name = 'audit' then
    if old.id <= (select kept_after from audit_chain where school_id = old.school_id) then
      return old;
    end if;
  end if;
  raise exception 'the audit is final' using errcode = 'check_violation', constraint = 'audit:final';
end $$;
create trigger audit_is_final before update or delete on audit for each row execute function audit_is_final();
create trigger audit_is_final_at_once before truncate on audit execute function audit_is_final();
create trigger audit_chain_stays before delete or truncate on audit_chain execute function audit_is_final();
-- The only way for rows to go: the beginning of the chain moves on to one of its own links, four weeks old at least.
-- With the rights of the owner, as whoever serves may not delete.
create function audit_forgets() returns trigger language plpgsql security definer set search_path from current as $$
begin
  if new.kept_after < old.kept_after or not exists (
    select 1 from audit where school_id = new.school_id and id = new.kept_after and chain_hash = new.kept_hash
      and at < extract(epoch from now()) - 28 * 86400) then
    raise exception 'the audit is kept' using errcode = 'check_violation', constraint = 'audit:kept';
  end if;
  delete from audit where school_id = new.school_id and id <= new.kept_after;
  return null;
end $$;
create trigger audit_forgets after update of kept_after, kept_hash on audit_chain
  for each row execute function audit_forgets();

do $$
declare name text;
begin
  foreach name in array array['audit', 'audit_chain']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy of_school on %I using (school_id = entered_school())', name);
  end loop;
end $$;

alter table schools add column audit_months integer not null default 24 check (audit_months between 1 and 120);
