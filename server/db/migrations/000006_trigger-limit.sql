-- Up Migration

-- How many triggers an app may still make. Written with every statement that triggers, and worth nothing after a
-- crash: so not in the write-ahead log, and with room on its pages for new versions of its rows.
create unlogged table trigger_allowances (
  app_id uuid primary key references apps on delete cascade,
  remaining double precision not null,
  -- How many of the triggers of the last statement that asked were let through.
  granted bigint not null,
  updated_at timestamptz not null default now()
) with (fillfactor = 50);
