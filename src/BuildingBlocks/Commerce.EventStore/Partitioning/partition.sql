-- Turns the event tables into those that Marten makes with its own option for partitioning by archived streams: the present in mt_streams_default and
-- mt_events_default, what is archived in mt_streams_archived and mt_events_archived, with Marten's names of keys and indexes. The present's rows stay where
-- they are: the old tables become its partitions, whose keys keep their old names, by which the store knows a conflict. One transaction; nothing may write meanwhile.
lock table events.mt_streams, events.mt_events in access exclusive mode;

update events.mt_streams set is_archived = false where is_archived is null;
update events.mt_events set is_archived = false where is_archived is null;

alter table events.mt_events drop constraint fkey_mt_events_stream_id;
alter table events.mt_events drop constraint pkey_mt_events_seq_id;
drop index events.pk_mt_events_stream_and_version;
alter index events.commerce_events_order rename to mt_events_default_order;
alter table events.mt_events rename to mt_events_default;
alter sequence events.mt_events_sequence owned by none;

alter table events.mt_streams drop constraint pkey_mt_streams_id;
alter table events.mt_streams rename to mt_streams_default;

create table events.mt_streams (like events.mt_streams_default including defaults) partition by list (is_archived);
create table events.mt_streams_archived partition of events.mt_streams for values in (true);
with moved as (delete from events.mt_streams_default where is_archived returning *) insert into events.mt_streams_archived select * from moved;
alter table events.mt_streams_default alter column is_archived set not null;
alter table events.mt_streams_default add constraint is_present check (not is_archived);
create unique index pkey_mt_streams_id on events.mt_streams_default (id, is_archived);
alter table events.mt_streams_default add constraint pkey_mt_streams_id primary key using index pkey_mt_streams_id;
alter table events.mt_streams add constraint pkey_mt_streams_id_is_archived primary key (id, is_archived);
alter table events.mt_streams attach partition events.mt_streams_default default;
alter table events.mt_streams_default drop constraint is_present;

create table events.mt_events (like events.mt_events_default including defaults) partition by list (is_archived);
create table events.mt_events_archived partition of events.mt_events for values in (true);
with moved as (delete from events.mt_events_default where is_archived returning *) insert into events.mt_events_archived select * from moved;
alter table events.mt_events_default alter column is_archived set not null;
alter table events.mt_events_default add constraint is_present check (not is_archived);
create unique index pkey_mt_events_seq_id on events.mt_events_default (seq_id, is_archived);
alter table events.mt_events_default add constraint pkey_mt_events_seq_id primary key using index pkey_mt_events_seq_id;
create unique index mt_events_default_stream_and_version on events.mt_events_default (stream_id, version, is_archived);
alter table events.mt_events add constraint pkey_mt_events_seq_id_is_archived primary key (seq_id, is_archived);
create unique index pk_mt_events_stream_and_version on events.mt_events (stream_id, version, is_archived);
create index commerce_events_order on events.mt_events (commerce_tx, seq_id);
alter table events.mt_events attach partition events.mt_events_default default;
alter table events.mt_events_default drop constraint is_present;
alter table events.mt_events add constraint fkey_mt_events_stream_id_is_archived
    foreign key (stream_id, is_archived) references events.mt_streams (id, is_archived) on delete cascade;

-- Nothing is archived back: an id that is in the archive is taken. A key that holds the mark cannot say so, and two streams of one id would be two histories.
create function events.commerce_is_archived() returns trigger
language plpgsql as $$
begin
    if exists (select 1 from events.mt_streams_archived a where a.id = new.id) then
        raise exception 'stream % is archived', new.id
            using errcode = 'unique_violation', schema = 'events', table = 'mt_streams', constraint = 'pkey_mt_streams_id';
    end if;
    return new;
end $$;
create trigger commerce_is_archived before insert on events.mt_streams_default for each row execute function events.commerce_is_archived();
-- In the writers' sessions, too, which fire no ordinary trigger (EventStoreDataSource).
alter table events.mt_streams_default enable always trigger commerce_is_archived;

-- Who could work with the tables still can.
do $$
declare
    granted record;
    made text;
    kept text;
    owner text;
begin
    foreach made in array array['mt_streams', 'mt_streams_archived', 'mt_events', 'mt_events_archived'] loop
        kept := case when made like 'mt_streams%' then 'mt_streams_default' else 'mt_events_default' end;
        select relowner::regrole::text into owner from pg_class where oid = format('events.%I', kept)::regclass;
        execute format('alter table events.%I owner to %s', made, owner);
        for granted in
            select case when a.grantee = 0 then 'public' else a.grantee::regrole::text end as grantee, a.privilege_type
              from pg_class c, aclexplode(c.relacl) a
             where c.oid = format('events.%I', kept)::regclass
        loop
            execute format('grant %s on events.%I to %s', granted.privilege_type, made, granted.grantee);
        end loop;
    end loop;
    execute format('alter function events.commerce_is_archived() owner to %s', owner);
end $$;
-- A sequence is owned by a table of its own owner only.
alter sequence events.mt_events_sequence owned by events.mt_events.seq_id;
analyze events.mt_streams, events.mt_events;
