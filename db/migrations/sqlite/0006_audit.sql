-- Who saw whose data, who signed in or could not, and what was refused: what is no event. Only ever added to
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
  chain_hash blob not null,
  primary key (school_id, id)
) without rowid;
create index audit_of_actor on audit (school_id, actor, id);

-- Where the chain ends, and where it begins since the rows before were forgotten.
create table audit_chain (
  school_id bigint primary key references schools,
  id bigint not null,
  chain_hash blob not null,
  kept_after bigint not null, -- The last row that was forgotten; 0: none.
  kept_hash blob not null
);

create trigger audit_is_final_update before update on audit begin select raise(abort, 'audit:final'); end;
create trigger audit_is_final_delete before delete on audit
when old.id > coalesce((select kept_after from audit_chain where school_id = old.school_id), 0)
begin select raise(abort, 'audit:final'); end;
create trigger audit_chain_stays before delete on audit_chain begin select raise(abort, 'audit:final'); end;
-- The only way for rows to go: the beginning of the chain moves on to one of its own links, four weeks old at least.
create trigger audit_forgets after update of kept_after, kept_hash on audit_chain
begin
  select raise(abort, 'audit:kept') where new.kept_after < old.kept_after or not exists (
    select 1 from audit where school_id = new.school_id and id = new.kept_after and chain_hash = new.kept_hash
      and at < cast(strftime('%s', 'now') as integer) - 28 * 86400);
  delete from audit where school_id = new.school_id and id <= new.kept_after;
end;

alter table schools add column audit_months integer not null default 24 check (audit_months between 1 and 120);
