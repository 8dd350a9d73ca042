-- Up Migration

-- What a runner on another machine must know about its server: they share only the database.
create table server_settings (
  singleton boolean primary key default true check (singleton),
  private_targets text not null check (private_targets in ('allow', 'deny'))
);
