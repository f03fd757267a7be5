-- Invoices and credit notes, each as it was issued; the primary key would find a number that was given twice.
CREATE TABLE orders.documents (
    number         text        PRIMARY KEY,
    kind           text        NOT NULL,
    order_id       uuid        NOT NULL,
    issued_at      timestamptz NOT NULL,
    document       bytea       NOT NULL
);

CREATE INDEX documents_order_idx ON orders.documents (order_id, issued_at, number);
-- The list is walked from the newest.
CREATE INDEX documents_issued_idx ON orders.documents (issued_at, number);
CREATE INDEX documents_kind_idx ON orders.documents (kind, issued_at, number);
