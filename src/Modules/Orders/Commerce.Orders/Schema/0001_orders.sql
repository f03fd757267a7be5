-- One row per order, ready to be sent: the document is the body of GET /orders/{id}.
CREATE TABLE orders.orders (
    id             uuid        PRIMARY KEY,
    number         text        NOT NULL,
    customer_id    uuid        NULL,
    access_hash    text        NULL,
    status         text        NOT NULL,
    placed_at      timestamptz NOT NULL,
    version        bigint      NOT NULL,
    document       bytea       NOT NULL
);

-- Claims the number in the order's own transaction and finds the order by it.
CREATE UNIQUE INDEX orders_number_key ON orders.orders (number);
-- Lists are walked from the newest, with (placed_at, id) as the cursor.
CREATE INDEX orders_placed_idx ON orders.orders (placed_at, id);
CREATE INDEX orders_status_idx ON orders.orders (status, placed_at, id);
CREATE INDEX orders_customer_idx ON orders.orders (customer_id, placed_at, id) WHERE customer_id IS NOT NULL;

-- Which orders hold a SKU. Placed once with the order; the time is repeated so that the index alone gives the newest orders of a SKU.
CREATE TABLE orders.order_lines (
    sku            text        NOT NULL,
    placed_at      timestamptz NOT NULL,
    order_id       uuid        NOT NULL,
    quantity       integer     NOT NULL,
    PRIMARY KEY (sku, placed_at, order_id)
);

-- Carts by customer, so that a shopper finds the cart again on another device. What lies in a cart is read from its stream.
CREATE TABLE orders.carts (
    id             uuid        PRIMARY KEY,
    customer_id    uuid        NULL,
    status         text        NOT NULL,
    currency       text        NOT NULL,
    item_count     integer     NOT NULL,
    changed_at     timestamptz NOT NULL,
    version        bigint      NOT NULL
);

CREATE INDEX carts_customer_idx ON orders.carts (customer_id, changed_at, id) WHERE customer_id IS NOT NULL;
