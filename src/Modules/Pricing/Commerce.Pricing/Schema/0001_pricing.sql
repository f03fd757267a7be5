-- The rules as they stand; each host keeps all of them in memory as one document and reads them again when one changes.
CREATE TABLE pricing.shipping_methods (
    code       text    COLLATE "C" PRIMARY KEY,
    document   text    NULL,
    version    bigint  NOT NULL
);

CREATE TABLE pricing.tax_tables (
    code       text    COLLATE "C" PRIMARY KEY,
    document   text    NULL,
    version    bigint  NOT NULL
);

CREATE TABLE pricing.tax_classes (
    code       text    COLLATE "C" PRIMARY KEY,
    document   text    NULL,
    version    bigint  NOT NULL
);

-- Which group a customer is in.
CREATE TABLE pricing.customer_groups (
    customer_id  uuid    PRIMARY KEY,
    group_name   text    NULL,
    version      bigint  NOT NULL
);

-- Uses are a column of their own, so that a busy coupon rewrites a number and not its terms.
CREATE TABLE pricing.discounts (
    id          uuid         PRIMARY KEY,
    coupon      text         NULL,
    terms       text         NOT NULL,
    is_counted  boolean      NOT NULL,
    uses        integer      NOT NULL,
    ended_at    timestamptz  NULL,
    version     bigint       NOT NULL
) WITH (fillfactor = 80);
