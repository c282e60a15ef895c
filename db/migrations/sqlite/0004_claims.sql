-- A worker says that it is at a job, for a while: nobody else takes it up.
alter table jobs add column claim bigint not null default 0;
alter table jobs add column taken_until bigint not null default 0;
