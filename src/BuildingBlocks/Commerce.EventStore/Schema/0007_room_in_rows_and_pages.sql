-- An answer of a few lines is longer than the two kilobytes from which PostgreSQL packs a row's values, and packing it takes as long as writing the row. Up to a
-- page it stays as it is, in its row; a longer one is packed as ever.
alter table events.commerce_idempotency set (toast_tuple_target = 8160);

-- A stream's row moves with each of its events. Where its page has no room it goes to another one, with an entry in the index: so it was for most of them.
do $$
begin
    execute format('alter table events.%I set (fillfactor = 90)',
                   case when to_regclass('events.mt_streams_default') is null then 'mt_streams' else 'mt_streams_default' end);
end $$;
