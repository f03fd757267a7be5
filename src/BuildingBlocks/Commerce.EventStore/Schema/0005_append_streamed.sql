-- The same append once more; its arguments stay. What differs is how the events come out of their arrays: unnest in a select list walks them once, in step,
-- and hands each element on. A subscript has to walk past everything before it, since bodies differ in length; unnest in a from clause copies every
-- column into a store of its own first. On batches of 32 streams with 3 events of 400 bytes this takes a fifth off the whole append.
create or replace function events.commerce_append(
    stream_ids uuid[], stream_types text[], from_versions bigint[], to_versions bigint[], stream_times timestamptz[], existing integer,
    read_ids uuid[], read_versions bigint[],
    type_names text[], type_dotnet text[],
    correlations text[], causations text[], headers text[], users text[], decided timestamptz[],
    event_ids uuid[], event_streams integer[], event_versions bigint[], event_types integer[], event_decisions integer[], bodies jsonb[],
    out transaction bigint, out sequences bigint[])
language plpgsql as $$
#variable_conflict use_variable
declare
    changed integer;
begin
    if cardinality(read_ids) > 0 then
        perform events.commerce_expect(read_ids, read_versions, true);
    end if;

    select pg_current_xact_id()::text::bigint + o.shift into transaction from events.commerce_origin o;

    if existing > 0 then
        update events.mt_streams s
           set version = u.to_version, timestamp = u.at
          from (select unnest(stream_ids) as id, unnest(from_versions) as from_version, unnest(to_versions) as to_version, unnest(stream_times) as at) as u
         where s.id = u.id and u.from_version > 0 and s.version = u.from_version and not coalesce(s.is_archived, false);
        get diagnostics changed = row_count;
        if changed <> existing then
            raise exception 'a stream has moved' using errcode = 'ES001';
        end if;
    end if;

    if cardinality(stream_ids) > existing then
        insert into events.mt_streams (id, type, version, timestamp, created)
        select n.id, n.type, n.to_version, n.at, n.at
          from (select unnest(stream_ids) as id, unnest(stream_types) as type, unnest(from_versions) as from_version, unnest(to_versions) as to_version,
                       unnest(stream_times) as at) as n
         where n.from_version = 0;
    end if;

    if cardinality(event_ids) > 0 then
        with written as (
            insert into events.mt_events
                   (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type, correlation_id, causation_id, headers, user_name, commerce_tx)
            select nextval('events.mt_events_sequence'), e.id, stream_ids[e.stream], e.version, e.body,
                   type_names[e.type], decided[e.decision], type_dotnet[e.type],
                   correlations[e.decision], causations[e.decision], headers[e.decision]::jsonb, users[e.decision], transaction
              from (select unnest(event_ids) as id, unnest(event_streams) as stream, unnest(event_versions) as version, unnest(event_types) as type,
                           unnest(event_decisions) as decision, unnest(bodies) as body) as e
            returning seq_id)
        select array_agg(w.seq_id) into sequences from written w;
    end if;
end $$;
