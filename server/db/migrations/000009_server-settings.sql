-- Up Migration

-- What a runner on another machine has to know of its server: they share nothing but the database.
create table server_settings (
  singleton boolean primary key default true check (singleton),
  private_targets text not null check (private_targets in ('allow', 'deny'))
);
