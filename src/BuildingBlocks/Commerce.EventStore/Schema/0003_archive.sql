-- Archives streams: their rows are marked, and where the tables are partitioned by that mark (Partitioning/partition.sql) they move into the archive's
-- partitions. Positions stay as they are, so readers of the global order see no difference.
create function events.commerce_archive(stream_ids uuid[]) returns integer
language plpgsql as $$
declare
    archived integer;
    named text;
begin
    -- Writers of these streams come before us or find them archived.
    perform 1 from events.mt_streams s where s.id = any (stream_ids) and not coalesce(s.is_archived, false) order by s.id for update;
    if (select relkind from pg_class where oid = 'events.mt_events'::regclass) <> 'p' then
        update events.mt_streams s set is_archived = true where s.id = any (stream_ids) and not coalesce(s.is_archived, false);
        get diagnostics archived = row_count;
        update events.mt_events e set is_archived = true where e.stream_id = any (stream_ids) and not coalesce(e.is_archived, false);
        return archived;
    end if;

    -- Copies first: an event must find its stream beside it in the archive, so neither can be moved before the other. Columns by name, since a later script
    -- may have added one.
    select string_agg(quote_ident(attname), ', ' order by attnum) into named
      from pg_attribute where attrelid = 'events.mt_streams'::regclass and attnum > 0 and not attisdropped and attname <> 'is_archived';
    execute format('insert into events.mt_streams (%1$s, is_archived) select %1$s, true from events.mt_streams where id = any ($1) and not is_archived', named) using stream_ids;
    get diagnostics archived = row_count;
    select string_agg(quote_ident(attname), ', ' order by attnum) into named
      from pg_attribute where attrelid = 'events.mt_events'::regclass and attnum > 0 and not attisdropped and attname <> 'is_archived';
    execute format('insert into events.mt_events (%1$s, is_archived) select %1$s, true from events.mt_events where stream_id = any ($1) and not is_archived', named) using stream_ids;
    delete from events.mt_events where stream_id = any (stream_ids) and not is_archived;
    delete from events.mt_streams where id = any (stream_ids) and not is_archived;
    return archived;
end $$;
