-- Up Migration

-- Every key that was in force and no longer is, by its SHA-256: whoever reports one as leaked is told that it
-- was one of ours, also the second time and also after its app is gone. Keys from before this are not known.
create table revoked_keys (
  key_hash bytea primary key,
  revoked_at timestamptz not null default now()
);

-- A trigger, since a key goes in four ways: replaced, removed, reported, and with its app, by the cascade.
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
  -- Where a leaked key was found, as its finder says: an http or https address, and a word like `commit`.
  add column leak_url text,
  add column leak_source text;
