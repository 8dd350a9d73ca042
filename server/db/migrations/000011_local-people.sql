-- Up Migration

-- People of local sign-in, without its admin, who is in local_issuer.
create table local_people (
  email text primary key check (email = lower(email)),
  user_id uuid not null unique default gen_random_uuid(),
  created_at timestamptz not null default now()
);

-- Links for these people. A separate table: the previous release treats every row of sign_in_tokens as a link of the admin.
create table personal_sign_in_tokens (
  token_hash bytea primary key,
  email text not null check (email = lower(email)),
  expires_at timestamptz not null
);
