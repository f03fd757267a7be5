-- The document of an order of a few lines is longer than the two kilobytes from which PostgreSQL packs a row's values, and packing it takes as long as writing
-- the row. Up to a page it stays as it is, in its row; a longer one is packed as ever.
ALTER TABLE orders.orders SET (toast_tuple_target = 8160);
