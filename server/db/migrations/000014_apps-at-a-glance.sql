-- Up Migration

-- What the list of apps shows of each app's main branch, and what the list of first steps asks for. A trigger touches
-- neither index; only the end of a check adds to them.

-- With checks_finished_by_branch: the newest check of the main branch that ended with a result.
create index checks_failed_by_branch on checks (app_id, (metadata ->> 'branch'), created_at desc, id desc)
  where status = 'failed';

-- Whether a pull request was ever checked from CI.
create index checks_of_pull_requests on checks (app_id, created_at desc, id desc)
  where conclusion is not null and triggered_by = 'api_key' and metadata ? 'pull_request_id';
