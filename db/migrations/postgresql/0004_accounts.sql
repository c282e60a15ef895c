-- What people do with their accounts themselves: links that set a new password, and the mails about it; where they are
-- signed in.

alter table one_time_tokens drop constraint one_time_tokens_purpose_check;
alter table one_time_tokens add constraint one_time_tokens_purpose_check check (purpose in ('welcome', 'reset'));

alter table jobs drop constraint jobs_kind_check;
alter table jobs add constraint jobs_kind_check
  check (kind in ('notice', 'reminder', 'invitation', 'password_reset', 'password_changed'));

alter table sessions add column browser text not null default ''; -- "Firefox on Linux"; empty: not known.
