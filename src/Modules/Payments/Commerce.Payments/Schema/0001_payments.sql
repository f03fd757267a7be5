-- One row per payment, ready to be sent: the document is the body of GET /payments/{id}.
CREATE TABLE payments.payments (
    id             uuid        PRIMARY KEY,
    order_id       uuid        NOT NULL,
    provider       text        NOT NULL,
    reference      text        NULL,
    status         text        NOT NULL,
    awaits         boolean     NOT NULL,
    opened_at      timestamptz NOT NULL,
    version        bigint      NOT NULL,
    document       bytea       NOT NULL
);

CREATE INDEX payments_order_idx ON payments.payments (order_id, opened_at, id);
CREATE INDEX payments_reference_idx ON payments.payments (provider, reference) WHERE reference IS NOT NULL;
-- Payments that the provider may still change while nothing is asked of it.
CREATE INDEX payments_awaits_idx ON payments.payments (id) WHERE awaits;

-- Every call to a provider. What is open is work.
CREATE TABLE payments.calls (
    id             uuid        PRIMARY KEY,
    payment_id     uuid        NOT NULL,
    place          integer     NOT NULL,
    is_open        boolean     NOT NULL,
    due_at         timestamptz NOT NULL
);

CREATE INDEX calls_open_idx ON payments.calls (payment_id, place) WHERE is_open;

-- Who works on what, and until when. A row that is left behind says that somebody may have asked the provider and died before it wrote down the answer.
CREATE TABLE payments.leases (
    key            uuid        PRIMARY KEY,
    until          timestamptz NOT NULL,
    takes          integer     NOT NULL
);

-- What browsers got from providers. Kept until the order is paid or given up, and never in the history.
CREATE TABLE payments.tokens (
    order_id       uuid        NOT NULL,
    kept_at        timestamptz NOT NULL,
    provider       text        NOT NULL,
    token          text        NOT NULL,
    PRIMARY KEY (order_id, kept_at)
);

CREATE INDEX tokens_kept_idx ON payments.tokens (kept_at);

-- What providers told us, once by their own number, before anything is done about it.
CREATE TABLE payments.webhooks (
    provider       text        NOT NULL,
    event_id       text        NOT NULL,
    kind           text        NOT NULL,
    payment_id     uuid        NULL,
    reference      text        NULL,
    received_at    timestamptz NOT NULL,
    due_at         timestamptz NOT NULL,
    attempts       integer     NOT NULL DEFAULT 0,
    times_received integer     NOT NULL DEFAULT 1,
    processed_at   timestamptz NULL,
    PRIMARY KEY (provider, event_id)
);

CREATE INDEX webhooks_due_idx ON payments.webhooks (due_at) WHERE processed_at IS NULL;

-- Gift cards and store credit.
CREATE TABLE payments.stored_values (
    id             uuid        PRIMARY KEY,
    kind           text        NOT NULL,
    customer_id    uuid        NULL,
    currency       text        NOT NULL,
    balance        numeric     NOT NULL CHECK (balance >= 0),
    code_end       text        NULL,
    expires_at     timestamptz NULL,
    issued_at      timestamptz NOT NULL,
    version        bigint      NOT NULL
);

CREATE INDEX stored_values_customer_idx ON payments.stored_values (customer_id) WHERE customer_id IS NOT NULL;

-- The sandbox's own books: what a real provider would keep in its house. Nothing of the shop's is derived from them but through its answers.
CREATE TABLE payments.sandbox_authorizations (
    id             text        PRIMARY KEY,
    reference      uuid        NOT NULL UNIQUE,
    source         text        NOT NULL,
    currency       text        NOT NULL,
    amount         numeric     NOT NULL,
    authorized     numeric     NOT NULL DEFAULT 0,
    captured       numeric     NOT NULL DEFAULT 0 CHECK (captured <= authorized),
    refunded       numeric     NOT NULL DEFAULT 0 CHECK (refunded <= captured),
    status         text        NOT NULL,
    return_url     text        NOT NULL,
    failure        text        NULL,
    made_at        timestamptz NOT NULL
);

CREATE TABLE payments.sandbox_calls (
    key            text        PRIMARY KEY,
    status         integer     NOT NULL,
    body           text        NOT NULL,
    made_at        timestamptz NOT NULL
);

-- Answers that were lost on purpose: each only once.
CREATE TABLE payments.sandbox_losses (
    key            text        PRIMARY KEY
);

CREATE TABLE payments.sandbox_notices (
    id             text        NOT NULL,
    delivery       integer     NOT NULL,
    body           text        NOT NULL,
    due_at         timestamptz NOT NULL,
    delivered_at   timestamptz NULL,
    PRIMARY KEY (id, delivery)
);

CREATE INDEX sandbox_notices_due_idx ON payments.sandbox_notices (due_at) WHERE delivered_at IS NULL;
