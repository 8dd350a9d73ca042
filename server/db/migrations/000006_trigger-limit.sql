-- Up Migration

-- How many triggers an app has left. Written with every statement that triggers, and not needed after a
-- crash. So it is not in the write-ahead log, and its pages have room for new versions of rows.
create unlogged table trigger_allowances (
  app_id uuid primary key references apps on delete cascade,
  remaining double precision not null,
  -- How many triggers of the last statement were allowed.
  granted bigint not null,
  updated_at timestamptz not null default now()
) with (fillfactor = 50);
