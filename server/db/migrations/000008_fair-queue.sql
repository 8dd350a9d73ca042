-- Up Migration

-- The queue by app: a claim finds which apps have checks in it, and the oldest of each, without reading the others.
create index checks_queued_by_app on checks (app_id, claimable_at) where claimable_at is not null;
