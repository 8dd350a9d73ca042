-- Up Migration

-- An app's secrets, encrypted; `features/secrets/secret-box.ts` says how. The row's app and name are part of what is
-- authenticated, so a row that is copied to another app or name cannot be read.
create table secrets (
  app_id uuid not null references apps on delete cascade,
  name text not null check (name ~ '^[A-Z_][A-Z0-9_]*$' and length(name) <= 100),
  -- Bounds the number of an app's secrets, also when several are added at once.
  place smallint not null check (place between 1 and 100),
  -- Which of the server's keys it is encrypted with.
  key_id text not null,
  nonce bytea not null check (length(nonce) = 12),
  -- With the authentication tag at its end.
  ciphertext bytea not null,
  updated_at timestamptz not null default now(),
  updated_by uuid references users on delete set null,
  primary key (app_id, name),
  unique (app_id, place)
);
create index secrets_by_key on secrets (key_id);

-- The check settings of an app: only the differences from the defaults.
create table check_settings (
  app_id uuid primary key references apps on delete cascade,
  settings jsonb not null,
  -- Grows with each change: a change succeeds only for the revision that was read.
  revision integer not null default 1
);

-- Where the check settings refer to secrets. A secret in use cannot be removed, and a missing secret cannot be
-- used, also under simultaneous changes.
create table secret_uses (
  app_id uuid not null references check_settings on delete cascade,
  name text not null,
  -- The place in the settings: `headers.x-api-key`.
  path text not null,
  primary key (app_id, name, path),
  -- Checked when the transaction ends: removing an app removes its secrets, and then their uses.
  foreign key (app_id, name) references secrets (app_id, name) deferrable initially deferred
);

-- The settings that a check tries, if it was started to try settings; else null.
alter table checks add column settings jsonb;

-- The names that a change of secrets or settings was about; never a value.
alter table audit_events
  add column secret_name text,
  add column changed_fields text[];
