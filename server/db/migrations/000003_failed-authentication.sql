-- Up Migration

-- How often authentication failed of late, by source address and by the start of the key. Written by
-- rate-limiter-flexible (auth/failed-auth-limit.ts), which goes by the order of the columns. Unlogged: counts of
-- one minute are not worth a flush to the disk each, and a crash may forget them.
create unlogged table failed_authentications (
  -- `address:203.0.113.7` or `start:qsk_Ab12`.
  key text primary key,
  points integer not null,
  -- Milliseconds since 1970, by the clock of the process that counted first.
  expire bigint
);
