-- What staff say of words, and what shoppers asked for.

-- The version that hosts compare with what they remember; a row from the first change on.
create table catalog.search_thesaurus (
    one boolean primary key default true check (one),
    version bigint not null
);

-- Words that mean the same; with asked, words that are looked for when that one is asked for.
create table catalog.search_synonyms (
    id uuid primary key,
    asked text collate "C",
    words text[] not null
);

create table catalog.search_stop_words (
    word text collate "C" primary key
);

-- Searches by UTC day and folded query; written now and then, not with each search.
create table catalog.search_queries (
    day date not null,
    query text collate "C" not null,
    searches integer not null,
    without_results integer not null,
    last_at timestamptz not null,
    primary key (day, query)
);
