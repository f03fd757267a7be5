-- An answer of a few lines is longer than the two kilobytes from which PostgreSQL packs a row's values, and packing it takes as long as writing the row. Up to a
-- page it stays as it is, in its row; a longer one is packed as ever.
alter table events.commerce_idempotency set (toast_tuple_target = 8160);
