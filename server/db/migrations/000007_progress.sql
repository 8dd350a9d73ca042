-- Up Migration

-- The flows of a check that has not finished, one row as each ends, so that a save writes only what is new. The
-- end of the check writes all of them into checks.flows and removes these rows. A cancelled check keeps them.
create table check_progress (
  check_id uuid not null references checks on delete cascade,
  position integer not null,
  -- The lease it was saved under: distinguishes this attempt's rows from those of an earlier one.
  lease_token uuid not null,
  flow jsonb not null,
  primary key (check_id, position)
);
