-- Scheduled publication, brands, slugs of locales, and what categories ask of attributes.

alter table catalog.products add column publish_at timestamptz;
-- From when on shoppers see it: the past without beginning, an instant, or never. Derived, so that nothing can disagree with it.
alter table catalog.products add column visible_from timestamptz not null generated always as (
    case status when 'active' then timestamptz '-infinity' when 'draft' then coalesce(publish_at, timestamptz 'infinity') else timestamptz 'infinity' end) stored;
alter table catalog.products add column brand text collate "C";
update catalog.products set brand = nullif(document::json -> 'attributes' ->> 'brand', '');

-- Shoppers' lists walk these; a draft whose time has not come is passed over.
create index products_visible on catalog.products (id desc) include (visible_from) where visible_from < 'infinity';
create index products_visible_by_name on catalog.products (sort_name, id) include (visible_from) where visible_from < 'infinity';
create index products_by_brand on catalog.products (brand, id desc) include (visible_from) where brand is not null and visible_from < 'infinity';

-- Null is the product's own slug; a former slug leads to what stands in its place in its locale.
alter table catalog.slugs add column locale text;

alter table catalog.categories add column attributes text;
