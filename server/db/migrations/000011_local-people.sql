-- Up Migration

-- People that local sign-in knows besides its admin, who is in local_issuer.
create table local_people (
  email text primary key check (email = lower(email)),
  user_id uuid not null unique default gen_random_uuid(),
  created_at timestamptz not null default now()
);

-- Links for these people. A table of its own: the release before takes any row of sign_in_tokens for a link of the admin.
create table personal_sign_in_tokens (
  token_hash bytea primary key,
  email text not null check (email = lower(email)),
  expires_at timestamptz not null
);
