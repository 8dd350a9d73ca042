-- Up Migration

-- Every key that is no longer in force, by its SHA-256. A report of it as leaked is answered that it
-- was one of ours, also if repeated and after its app is gone. Keys from before this migration are unknown.
create table revoked_keys (
  key_hash bytea primary key,
  revoked_at timestamptz not null default now()
);

-- A trigger, since a key ends in four ways: replaced, removed, reported, and with its app, by the cascade.
create function remember_revoked_key() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or new.key_hash <> old.key_hash then
    insert into revoked_keys (key_hash) values (old.key_hash) on conflict do nothing;
  end if;
  return null;
end
$$;
create trigger remember_revoked_key after delete or update of key_hash on api_keys
  for each row execute function remember_revoked_key();

alter table audit_events
  drop constraint audit_events_actor_type_check,
  add constraint audit_events_actor_type_check
    check (actor_type in ('user', 'api_key', 'secret_scanning')),
  -- Where a leaked key was found, according to the report: an http or https address, and a word like `commit`.
  add column leak_url text,
  add column leak_source text;
