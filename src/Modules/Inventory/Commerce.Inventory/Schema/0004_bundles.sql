-- SKUs that are sold as their parts.
CREATE TABLE inventory.bundles (
    sku text COLLATE "C" PRIMARY KEY,
    parts jsonb NOT NULL
);
