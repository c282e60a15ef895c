-- Expands: in which languages instructors teach, and where; lists as JSON. Empty for everybody else.

alter table people add column languages text not null default '[]';
alter table people add column areas text not null default '[]';
