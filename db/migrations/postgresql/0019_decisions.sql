-- Expands: when somebody decided, until the calendar shows it; null: nobody has yet.

alter table conflicts add column decided_at bigint;
