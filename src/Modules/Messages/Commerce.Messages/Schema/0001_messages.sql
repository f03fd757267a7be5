-- What is to be sent and what was. A row is written in the transaction of the subscription that heard of its cause, once for each cause and kind, and holds no
-- letter: where to write to and what to say is asked when it is sent.
CREATE TABLE messages.outbox (
    id             uuid        PRIMARY KEY,
    kind           text        NOT NULL,
    -- The event, or the wish, that asked for it.
    cause          uuid        NOT NULL,
    order_id       uuid        NULL,
    shipment_id    uuid        NULL,
    sku            text        COLLATE "C" NULL,
    amount         numeric     NULL,
    available      integer     NULL,
    threshold      integer     NULL,
    -- The address of somebody who has no order that could tell it; masked as soon as the message is sent.
    recipient      text        NULL,
    locale         text        NULL,
    status         text        NOT NULL,
    attempts       integer     NOT NULL DEFAULT 0,
    -- Counts how often staff had it sent anew; a part of the Message-ID.
    edition        integer     NOT NULL DEFAULT 1,
    -- The idempotency key of the last time that they did: a repeat sends nothing.
    resend_key     text        NULL,
    created_at     timestamptz NOT NULL,
    -- When it is tried next; while somebody is sending it, when that somebody is given up.
    due_at         timestamptz NOT NULL,
    sent_at        timestamptz NULL,
    fault          text        NULL,
    UNIQUE (cause, kind)
);

CREATE INDEX outbox_due_idx ON messages.outbox (due_at) WHERE status = 'waiting';
-- Lists are walked from the newest.
CREATE INDEX outbox_created_idx ON messages.outbox (created_at, id);
CREATE INDEX outbox_status_idx ON messages.outbox (status, created_at, id);
CREATE INDEX outbox_order_idx ON messages.outbox (order_id, created_at, id) WHERE order_id IS NOT NULL;

-- Who wants to hear that a SKU can be bought again. A wish goes the moment it becomes a message.
CREATE TABLE messages.wishes (
    id             uuid        PRIMARY KEY,
    sku            text        COLLATE "C" NOT NULL,
    email          text        COLLATE "C" NOT NULL,
    locale         text        NULL,
    token          text        COLLATE "C" NOT NULL,
    created_at     timestamptz NOT NULL,
    UNIQUE (sku, email),
    UNIQUE (token)
);

CREATE INDEX wishes_email_idx ON messages.wishes (email);
CREATE INDEX wishes_created_idx ON messages.wishes (created_at);
