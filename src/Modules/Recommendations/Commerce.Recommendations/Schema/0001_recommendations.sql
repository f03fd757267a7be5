-- Filled by subscriptions, whose statements name tables without schema: a rebuild runs the same statements on copies in another schema.
-- Rows that come to nothing are deleted, so that the tables are the same however the events were cut into pages.

-- In how many orders a product was, the one row with the nil id counting all orders.
CREATE TABLE recommendations.item_orders (
    product_id uuid PRIMARY KEY,
    orders integer NOT NULL
) WITH (fillfactor = 80);

-- In how many orders two products were together; each pair stands both ways round, so that one range holds all companions of a product.
CREATE TABLE recommendations.pair_orders (
    product_id uuid NOT NULL,
    other_id uuid NOT NULL,
    orders integer NOT NULL,
    PRIMARY KEY (product_id, other_id)
) WITH (fillfactor = 80);

-- What can be shared: a category, a brand, an attribute's value. products counts the active products that have it; the feature 'all' is had by every one.
CREATE TABLE recommendations.features (
    feature bigint PRIMARY KEY,
    kind text NOT NULL,
    label text NOT NULL,
    products integer NOT NULL
) WITH (fillfactor = 80);

CREATE TABLE recommendations.product_features (
    product_id uuid NOT NULL,
    feature bigint NOT NULL,
    PRIMARY KEY (product_id, feature)
);

CREATE INDEX product_features_feature ON recommendations.product_features (feature, product_id);

-- What a shopper (c:customer or s:session) viewed and bought last, a bounded number for each.
CREATE TABLE recommendations.shopper_views (
    shopper text COLLATE "C" NOT NULL,
    product_id uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (shopper, product_id)
);

CREATE TABLE recommendations.shopper_purchases (
    shopper text COLLATE "C" NOT NULL,
    product_id uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (shopper, product_id)
);

-- Orders and views of a product by UTC day: the days are weighed when they are read, so that time passes without a write.
CREATE TABLE recommendations.product_days (
    day date NOT NULL,
    product_id uuid NOT NULL,
    orders integer NOT NULL,
    views integer NOT NULL,
    PRIMARY KEY (day, product_id)
) WITH (fillfactor = 80);
