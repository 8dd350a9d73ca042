-- Up Migration

-- How many flows the runner of a running check knows of so far. A claim clears it, since the check starts anew.
alter table checks add column known_flows integer;
