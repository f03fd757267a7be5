-- Popularity is written once for each page of orders, not once for each product and once more for its document: pages lie here until many are counted into
-- search_popularity at once. Hosts add what they have not seen to what they remember.

create table catalog.search_orders (
    generation bigint primary key,
    product_ids uuid[] not null,
    counts integer[] not null
);

-- Changed: the last generation that was more than orders. Folded: pages up to here are in search_popularity; unfolded, how many came since.
-- Kept: pages after this one are still there for hosts that fell behind.
alter table catalog.search_state
    add column changed bigint not null default 0,
    add column folded bigint not null default 0,
    add column unfolded integer not null default 0,
    add column kept bigint not null default 0;
update catalog.search_state set changed = generation, folded = generation, kept = generation;

alter table catalog.search_docs drop column popularity;
