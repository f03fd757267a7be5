-- One batch of decisions, written set-based. Raises ES001 when any stream is not at the version that the batch was decided on: the whole batch then is
-- decided again on fresh states. Arrays of streams come in id order, which is the order of the row locks of all writers.
create function events.commerce_append(
    stream_ids uuid[], stream_types text[], from_versions bigint[], to_versions bigint[],
    read_ids uuid[], read_versions bigint[],
    event_ids uuid[], event_streams uuid[], event_versions bigint[], event_types text[], dotnet_types text[], bodies jsonb[],
    correlations text[], causations text[], headers text[], users text[], decided_at timestamptz,
    out transaction bigint, out sequences bigint[])
language plpgsql as $$
declare
    existing integer;
    changed integer;
    may_vouch boolean := has_parameter_privilege(current_user, 'session_replication_role', 'SET');
begin
    perform events.commerce_expect(read_ids, read_versions, true);

    if cardinality(stream_ids) > 0 then
        update events.mt_streams s
           set version = u.to_version, timestamp = decided_at
          from unnest(stream_ids, from_versions, to_versions) as u (id, from_version, to_version)
         where s.id = u.id and u.from_version > 0 and s.version = u.from_version and not coalesce(s.is_archived, false);
        get diagnostics changed = row_count;
        select count(*) into existing from unnest(from_versions) as v where v > 0;
        if changed <> existing then
            raise exception 'a stream has moved' using errcode = 'ES001';
        end if;

        insert into events.mt_streams (id, type, version, timestamp, created)
        select u.id, u.type, u.to_version, decided_at, decided_at
          from unnest(stream_ids, stream_types, from_versions, to_versions) as u (id, type, from_version, to_version)
         where u.from_version = 0;

        -- The statements above just wrote or locked every stream row, so the foreign key holds by construction. Checking it once more for each event
        -- row costs a third of the append; where this role may vouch for its rows (the administrator granted it), it does.
        if may_vouch then
            perform set_config('session_replication_role', 'replica', true);
        end if;
        with written as (
            insert into events.mt_events (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type, correlation_id, causation_id, headers, user_name)
            select nextval('events.mt_events_sequence'), e.id, e.stream_id, e.version, e.data, e.type, decided_at, e.dotnet, e.correlation, e.causation, e.headers::jsonb, e.actor
              from unnest(event_ids, event_streams, event_versions, event_types, dotnet_types, bodies, correlations, causations, headers, users)
                as e (id, stream_id, version, type, dotnet, data, correlation, causation, headers, actor)
            returning seq_id)
        select array_agg(seq_id) into sequences from written;
        if may_vouch then
            perform set_config('session_replication_role', 'origin', true);
        end if;
    end if;

    transaction := (select pg_current_xact_id()::text::bigint + shift from events.commerce_origin);
end $$;

-- Streams that were read but not written must still be where they were. A lock makes it hold until the commit; a refusal alone needs none.
create function events.commerce_expect(stream_ids uuid[], versions bigint[], hold boolean) returns void
language plpgsql as $$
begin
    if cardinality(stream_ids) = 0 then
        return;
    end if;
    if hold then
        perform 1 from events.mt_streams s where s.id = any (stream_ids) order by s.id for share;
    end if;
    if exists (select 1 from unnest(stream_ids, versions) as u (id, version)
                left join events.mt_streams s on s.id = u.id
               where coalesce(s.version, 0) <> u.version) then
        raise exception 'a stream has moved' using errcode = 'ES001';
    end if;
end $$;
