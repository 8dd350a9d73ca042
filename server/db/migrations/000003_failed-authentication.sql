-- Up Migration

-- Recent failures of authentication, by source address and by the start of the key. Written by
-- rate-limiter-flexible (auth/failed-auth-limit.ts), which relies on the order of the columns. Unlogged: counts of
-- one minute need no flush to the disk, and may be lost in a crash.
create unlogged table failed_authentications (
  -- `address:203.0.113.7` or `start:qsk_Ab12`.
  key text primary key,
  points integer not null,
  -- Milliseconds since 1970, by the clock of the process that counted first.
  expire bigint
);
