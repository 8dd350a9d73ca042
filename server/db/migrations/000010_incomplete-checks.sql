-- Up Migration

-- Facts that the end of a check writes besides its flows. Without counts, they are counted from the flows: in checks
-- that have not finished, and in those that finished before this migration.
alter table checks
  add column incomplete jsonb,
  add column warnings text[],
  add column counts jsonb;
