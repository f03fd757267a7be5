-- Where a location is, for rules that serve from nearby. main has a row only once somebody described it.
ALTER TABLE inventory.locations
    ADD COLUMN country text NULL,
    ADD COLUMN region text NULL,
    ADD COLUMN version bigint NOT NULL DEFAULT 1;

-- SKUs that are sold before their release. A table of its own: few SKUs are, and the row of levels that every order writes stays as narrow as it is.
CREATE TABLE inventory.preorders (
    sku text COLLATE "C" PRIMARY KEY,
    release_at timestamptz NOT NULL,
    most integer NOT NULL
);

CREATE INDEX preorders_release ON inventory.preorders (release_at);
