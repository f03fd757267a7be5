-- What is on its way between locations: gone from the one, not yet at the other.
CREATE TABLE inventory.in_transit (
    transfer_id uuid NOT NULL,
    sku text COLLATE "C" NOT NULL,
    origin text COLLATE "C" NOT NULL,
    destination text COLLATE "C" NOT NULL,
    reference text NULL,
    dispatched_at timestamptz NOT NULL,
    quantity integer NOT NULL,
    PRIMARY KEY (transfer_id, sku)
);

CREATE INDEX in_transit_sku ON inventory.in_transit (sku);
