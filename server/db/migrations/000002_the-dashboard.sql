-- Up Migration

-- Where the app's code is, for links to its commits, pull requests and Actions secrets.
alter table apps add column repository_url text;

-- Who pressed Run check; null for a key.
alter table checks add column triggered_by_user_id uuid references users on delete set null;

-- For a person without an account here. Becomes a membership at the first sign-in with this address.
create table invitations (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references organizations on delete cascade,
  email text not null check (email = lower(email)),
  role text not null check (role in ('admin', 'member', 'viewer')),
  invited_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '7 days',
  unique (organization_id, email)
);
create index invitations_by_email on invitations (email);
create index users_by_email on users (lower(email));

-- Ended local sessions, until their tokens expire.
create table ended_local_sessions (
  session_id uuid primary key,
  expires_at timestamptz not null
);
