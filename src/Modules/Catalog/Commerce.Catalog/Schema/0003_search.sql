-- The search index: immutable segments of postings, merged as they grow, beside small tables of what changes often. A projection; see docs/adr.

create table catalog.search_state (
    one boolean primary key default true check (one),
    -- Another epoch means another index: whatever a host remembers of the old one is void.
    epoch uuid not null,
    generation bigint not null,
    next_doc integer not null,
    next_segment integer not null
);

-- Each indexing of a product makes a document; the one before is dead from then on.
create table catalog.search_docs (
    doc integer primary key,
    product_id uuid not null,
    generation bigint not null,
    dead boolean not null default false,
    availability smallint not null,
    popularity real not null,
    -- Lowest prices in minor units: USD:3990;KRW:52000, with :from:until in milliseconds where they hold for a time only.
    offers text not null
);
create index search_docs_generation on catalog.search_docs (generation);
create index search_docs_product on catalog.search_docs (product_id) where not dead;

create table catalog.search_segments (
    id integer primary key,
    generation bigint not null,
    docs integer not null,
    -- Columns by place in the segment: document numbers, product ids, field lengths, facet values.
    doc_numbers bytea not null,
    product_ids bytea not null,
    lengths bytea not null,
    facet_counts bytea not null,
    facet_values bytea not null
);
alter table catalog.search_segments alter column lengths set storage external;

create table catalog.search_postings (
    term text collate "C" not null,
    segment integer not null,
    df integer not null,
    body bytea not null,
    primary key (term, segment)
);
alter table catalog.search_postings alter column body set storage external;
create index search_postings_segment on catalog.search_postings (segment);

-- The vocabulary, with roughly the number of products that use a word.
create table catalog.search_terms (
    term text collate "C" primary key,
    df integer not null
);

-- Words by what is left of them when letters are taken out: a mistyped word and the right one share such a rest.
create table catalog.search_typos (
    key bigint not null,
    term text collate "C" not null,
    primary key (key, term)
);

create table catalog.search_facets (
    id integer generated always as identity primary key,
    field text collate "C" not null,
    value text collate "C" not null,
    unique (field, value)
);

-- How often a product was ordered, with older orders counting less.
create table catalog.search_popularity (
    product_id uuid primary key,
    score real not null
);
