-- What staff needs to write to those who left a cart: where to, and what it was worth to them.
ALTER TABLE orders.carts
    ADD COLUMN email text NULL,
    ADD COLUMN item_value numeric NOT NULL DEFAULT 0;

CREATE INDEX carts_left_idx ON orders.carts (changed_at, id) WHERE status = 'open' AND item_count > 0;
