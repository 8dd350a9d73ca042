-- Up Migration

create table users (
  id uuid primary key,
  email text not null,
  created_at timestamptz not null default now()
);

create table organizations (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  created_at timestamptz not null default now()
);

create table members (
  organization_id uuid not null references organizations on delete cascade,
  user_id uuid not null references users on delete cascade,
  role text not null check (role in ('admin', 'member', 'viewer')),
  created_at timestamptz not null default now(),
  primary key (organization_id, user_id)
);
create index members_by_user on members (user_id);

create table apps (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references organizations on delete cascade,
  alias text not null unique check (alias ~ '^[a-z0-9-]{2,40}$'),
  name text not null,
  url text,
  main_branch text not null default 'main',
  created_at timestamptz not null default now()
);
create index apps_by_organization on apps (organization_id);

-- The key itself is not stored, only its SHA-256 and a few characters to recognise it.
create table api_keys (
  app_id uuid primary key references apps on delete cascade,
  key_hash bytea not null unique,
  start text not null,
  last_four text not null,
  created_at timestamptz not null default now(),
  created_by uuid references users on delete set null,
  last_used_at timestamptz
);

-- A check and its place in the queue are one row, so they cannot contradict each other.
create table checks (
  id uuid primary key,
  app_id uuid not null references apps on delete cascade,
  status text not null default 'scheduled'
    check (status in ('scheduled', 'running', 'finished', 'failed', 'cancelled')),
  conclusion text check (conclusion in ('success', 'failure', 'error', 'cancelled')),
  revision integer not null default 1,
  target_url text not null,
  metadata jsonb not null default '{}',
  triggered_by text not null check (triggered_by in ('api_key', 'session', 'schedule')),
  flows jsonb not null default '[]',
  error text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  -- When a worker may take the check: at once while it is scheduled, when its worker's lease runs out while
  -- it is running, never again once it has ended.
  claimable_at timestamptz default now(),
  -- Belongs to the worker that runs the check. A worker with an older token cannot write.
  lease_token uuid,
  attempts smallint not null default 0,
  check ((status in ('scheduled', 'running')) = (claimable_at is not null)),
  check ((status in ('scheduled', 'running')) = (conclusion is null))
);
create index checks_by_app on checks (app_id, created_at desc, id desc);
create index checks_by_claimable_at on checks (claimable_at) where claimable_at is not null;

create table idempotency_keys (
  app_id uuid not null references apps on delete cascade,
  key text not null,
  body_hash bytea not null,
  check_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (app_id, key)
);
create index idempotency_keys_by_created_at on idempotency_keys (created_at);

create table audit_events (
  id bigint generated always as identity primary key,
  app_id uuid not null references apps on delete cascade,
  action text not null,
  actor_type text not null check (actor_type in ('user', 'api_key')),
  actor_user_id uuid references users on delete set null,
  actor_email text,
  api_key_start text,
  ip text,
  user_agent text,
  created_at timestamptz not null default now()
);
create index audit_events_by_app on audit_events (app_id, id desc);
create index audit_events_refused on audit_events (app_id, created_at) where action = 'api_key.refused';

-- Local sign-in: one person on one machine. The key signs the same kind of token that Supabase issues.
create table local_issuer (
  singleton boolean primary key default true check (singleton),
  user_id uuid not null,
  private_jwk jsonb not null,
  created_at timestamptz not null default now()
);

create table sign_in_tokens (
  token_hash bytea primary key,
  expires_at timestamptz not null
);
