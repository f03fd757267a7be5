-- Orders that a provider is to pay, and whether they still wait for it: who waits too long is cancelled.
CREATE TABLE orders.unpaid (
    order_id       uuid        PRIMARY KEY,
    placed_at      timestamptz NOT NULL,
    waits          boolean     NOT NULL
);

CREATE INDEX unpaid_waiting_idx ON orders.unpaid (placed_at) WHERE waits;
