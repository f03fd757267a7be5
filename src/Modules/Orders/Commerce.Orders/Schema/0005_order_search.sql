-- What staff looks orders up by besides their status: whom to write to, and where the money stands. The e-mail address in lower case, as people search for it.
ALTER TABLE orders.orders ADD COLUMN email text NULL, ADD COLUMN payment_status text NOT NULL DEFAULT 'pending';

UPDATE orders.orders
   SET email = lower(convert_from(document, 'UTF8')::jsonb ->> 'email'),
       payment_status = coalesce(convert_from(document, 'UTF8')::jsonb #>> '{payment,status}', 'pending');

CREATE INDEX orders_email_idx ON orders.orders (email, placed_at, id) WHERE email IS NOT NULL;
CREATE INDEX orders_payment_idx ON orders.orders (payment_status, placed_at, id);

-- The words that an order is found by. Filled a moment after the order by a subscription, so that placing orders does not wait for an index of words.
CREATE TABLE orders.order_words (
    order_id       uuid        PRIMARY KEY,
    placed_at      timestamptz NOT NULL,
    words          tsvector    NOT NULL
);

CREATE INDEX order_words_idx ON orders.order_words USING gin (words);
