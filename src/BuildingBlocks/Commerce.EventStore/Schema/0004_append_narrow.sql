-- The same append in narrower words; the wide one of 0002 stays for a host of the former version beside this one. What differs:
-- * What is equal for many events travels once: names by type, metadata by decision. An event carries its place in those arrays.
-- * Elements are taken by subscript. unnest copies every column of every row into a store of its own first.
-- * It does not touch session_replication_role: every change of it throws away all plans of the session, those of the inline projections as well.
--   The writers' sessions set it once, where they may (EventStoreDataSource).
-- * The transaction's place is asked for once, not for each row.
create function events.commerce_append(
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
          from unnest(stream_ids, from_versions, to_versions, stream_times) as u (id, from_version, to_version, at)
         where s.id = u.id and u.from_version > 0 and s.version = u.from_version and not coalesce(s.is_archived, false);
        get diagnostics changed = row_count;
        if changed <> existing then
            raise exception 'a stream has moved' using errcode = 'ES001';
        end if;
    end if;

    if cardinality(stream_ids) > existing then
        insert into events.mt_streams (id, type, version, timestamp, created)
        select stream_ids[i], stream_types[i], to_versions[i], stream_times[i], stream_times[i]
          from generate_series(1, cardinality(stream_ids)) as i
         where from_versions[i] = 0;
    end if;

    if cardinality(event_ids) > 0 then
        with written as (
            insert into events.mt_events
                   (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type, correlation_id, causation_id, headers, user_name, commerce_tx)
            select nextval('events.mt_events_sequence'), event_ids[i], stream_ids[event_streams[i]], event_versions[i], bodies[i],
                   type_names[event_types[i]], decided[event_decisions[i]], type_dotnet[event_types[i]],
                   correlations[event_decisions[i]], causations[event_decisions[i]], headers[event_decisions[i]]::jsonb, users[event_decisions[i]], transaction
              from generate_series(1, cardinality(event_ids)) as i
            returning seq_id)
        select array_agg(w.seq_id) into sequences from written w;
    end if;
end $$;

-- Sessions that vouch for their rows fire no ordinary trigger, and this one keeps an archived stream from being started once more.
do $$
begin
    if exists (select from pg_trigger where tgname = 'commerce_is_archived' and tgrelid = to_regclass('events.mt_streams_default')) then
        alter table events.mt_streams_default enable always trigger commerce_is_archived;
    end if;
end $$;
