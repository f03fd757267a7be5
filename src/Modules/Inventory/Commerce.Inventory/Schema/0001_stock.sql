-- One row per SKU: its levels after the last event, as the write side sees them. `reserved` counts holds until their end is recorded;
-- a reader subtracts the expired rows of inventory.holds. `low` is a column of its own so that most updates touch no indexed value and stay on the page.
CREATE TABLE inventory.stock_levels (
    sku text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL,
    on_hand integer NOT NULL,
    reserved integer NOT NULL,
    backordered integer NOT NULL,
    backorder_limit integer NOT NULL,
    low_stock_threshold integer NOT NULL,
    low boolean NOT NULL,
    shelves jsonb NOT NULL,
    changed_at timestamptz NOT NULL
) WITH (fillfactor = 80);

CREATE INDEX stock_levels_low ON inventory.stock_levels (sku) WHERE low;

-- The open holds of reservations.
CREATE TABLE inventory.holds (
    sku text COLLATE "C" NOT NULL,
    reservation_id uuid NOT NULL,
    quantity integer NOT NULL,
    picks jsonb NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (sku, reservation_id)
);

CREATE INDEX holds_expiry ON inventory.holds (sku, expires_at);

-- The ledger. quantity is the change of what is available; balance, the available units after it, is its running sum.
CREATE TABLE inventory.movements (
    sku text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    part smallint NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    location text,
    quantity integer NOT NULL,
    on_hand_change integer NOT NULL,
    reserved_change integer NOT NULL,
    on_hand integer NOT NULL,
    reserved integer NOT NULL,
    cause text NOT NULL,
    reference text,
    reason text,
    actor text,
    PRIMARY KEY (sku, version, part)
);

-- Open and ended reservations; the sweep looks for open ones whose time has passed.
CREATE TABLE inventory.reservations (
    id uuid PRIMARY KEY,
    status text NOT NULL,
    skus text[] NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE INDEX reservations_open ON inventory.reservations (expires_at) WHERE status = 'open';

-- Every location but main, which needs no opening.
CREATE TABLE inventory.locations (
    code text COLLATE "C" PRIMARY KEY,
    name text NOT NULL,
    priority integer NOT NULL
);
