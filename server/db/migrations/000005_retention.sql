-- Up Migration

-- The newest finished check of an app's main branch: the action compares with it, and it outlives
-- CHECK_RETENTION_DAYS. A trigger does not touch this index; only the end of a check adds to it.
create index checks_finished_by_branch on checks (app_id, (metadata ->> 'branch'), created_at desc, id desc)
  where status = 'finished';
