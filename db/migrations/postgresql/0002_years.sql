-- Expands: indexes for what a school asks that has been there for years. Writes wait while they are made.

-- Whether anything of a lesson type or a vehicle is there, and whom an instructor teaches, without a look at all
-- lessons.
create index bookings_of_lesson_type on bookings (school_id, lesson_type_id);
create index bookings_of_vehicle on bookings (school_id, vehicle_id) where vehicle_id is not null;
create index bookings_of_pair on bookings (school_id, instructor_id, learner_id);

-- What goes with a person who is removed.
create index sessions_of_person on sessions (school_id, person_id);
create index one_time_tokens_of_person on one_time_tokens (school_id, person_id);
create index texts_of_person on texts (school_id, person_id);

-- Sessions that ended lately, which every node learns when it starts, and those that are to be forgotten.
create index sessions_ended on sessions (school_id, ended_at) where ended_at is not null;
create index sessions_expiring on sessions (school_id, expires_at);
