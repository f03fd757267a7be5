-- The catalogue as it is read. Everything here can be rebuilt from the events.

create table catalog.products (
    id uuid primary key,
    slug text collate "C" not null,
    status text not null,
    version bigint not null,
    -- The folded default name: lists by name follow it in every locale alike, so that a cursor means the same place for all.
    sort_name text collate "C" not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    document text not null
);
-- Ids are UUIDv7: newest first is the order of ids.
create index products_by_status on catalog.products (status, id desc);
create index products_by_name on catalog.products (status, sort_name, id);

-- Every slug that a product has or had leads to it.
create table catalog.slugs (
    slug text collate "C" primary key,
    product_id uuid not null
);

create table catalog.variants (
    sku text collate "C" primary key,
    product_id uuid not null,
    document text not null
);
create index variants_by_product on catalog.variants (product_id);

-- What everybody pays for one piece of the cheapest variant, span by span: at any moment one row of a product and currency holds, without a job.
create table catalog.offers (
    product_id uuid not null,
    currency text collate "C" not null,
    amount numeric not null,
    valid_from timestamptz not null default '-infinity',
    valid_until timestamptz not null default 'infinity',
    primary key (product_id, currency, valid_from)
);
create index offers_by_amount on catalog.offers (currency, amount, product_id);

-- Products under their categories and under everything above those.
create table catalog.product_categories (
    category_id uuid not null,
    product_id uuid not null,
    direct boolean not null,
    primary key (category_id, product_id)
);
create index product_categories_by_product on catalog.product_categories (product_id);

create table catalog.categories (
    id uuid primary key,
    parent_id uuid,
    slug text collate "C" not null,
    position integer not null,
    version bigint not null,
    translations text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);

-- A category, itself and all above it.
create table catalog.category_paths (
    category_id uuid not null,
    ancestor_id uuid not null,
    depth integer not null,
    primary key (category_id, ancestor_id)
);
create index category_paths_by_ancestor on catalog.category_paths (ancestor_id);

-- The last word of the inventory on each SKU.
create table catalog.availability (
    sku text collate "C" primary key,
    word text not null
);
