-- The event tables of Marten 9 (uuid stream ids, one tenant, metadata columns on), in its names, types and meanings, so that a real Marten can open
-- this database. What is ours stands last in a table and has a default, or is a table of its own named commerce_*.
create table events.mt_streams (
    id uuid not null constraint pkey_mt_streams_id primary key,
    type varchar,
    version bigint,
    timestamp timestamptz not null default now(),
    created timestamptz not null default now(),
    tenant_id varchar default '*DEFAULT*',
    is_archived boolean default false
);

create sequence events.mt_events_sequence;

create table events.mt_events (
    seq_id bigint not null constraint pkey_mt_events_seq_id primary key,
    id uuid not null,
    stream_id uuid constraint fkey_mt_events_stream_id references events.mt_streams (id) on delete cascade,
    version bigint not null,
    data jsonb not null,
    bdata bytea,
    type varchar(500) not null,
    timestamp timestamptz not null default now(),
    tenant_id varchar default '*DEFAULT*',
    mt_dotnet_type varchar,
    correlation_id varchar,
    causation_id varchar,
    headers jsonb,
    user_name varchar,
    is_archived boolean default false,
    -- The transaction that wrote the event. Readers follow (commerce_tx, seq_id) and stop at the oldest open transaction: an order that is whole
    -- behind that horizon, whoever writes. The default serves a Marten client as well.
    commerce_tx bigint not null default (pg_current_xact_id()::text::bigint)
);
alter sequence events.mt_events_sequence owned by events.mt_events.seq_id;
create unique index pk_mt_events_stream_and_version on events.mt_events (stream_id, version);
create index commerce_events_order on events.mt_events (commerce_tx, seq_id);

create table events.mt_event_progression (
    name varchar not null constraint pk_mt_event_progression primary key,
    last_seq_id bigint,
    last_updated timestamptz default transaction_timestamp()
);

create table events.mt_high_water_skips (
    ending_sequence bigint not null primary key,
    starting_sequence bigint not null,
    timestamp timestamptz default now()
);

-- Where each subscription of ours stands in the global order; mt_event_progression mirrors the sequence for Marten's eyes.
create table events.commerce_progression (
    name text primary key,
    tx bigint not null default 0,
    seq bigint not null default 0,
    state text not null default 'running',
    failed_seq bigint,
    error text,
    last_updated timestamptz not null default now()
);

-- Events that an operator told a subscription to skip.
create table events.commerce_skips (
    name text not null,
    seq bigint not null,
    error text,
    actor text,
    at timestamptz not null default now(),
    primary key (name, seq)
);

-- A response under an idempotency key, committed with the events it speaks of. id is the first half of SHA-256(caller, key).
create table events.commerce_idempotency (
    id uuid constraint commerce_idempotency_pkey primary key,
    caller text not null,
    key text not null,
    request_hash bytea not null,
    status integer not null,
    content_type text,
    headers text,
    body bytea not null,
    causation_id varchar,
    created timestamptz not null default now(),
    commerce_tx bigint not null default (pg_current_xact_id()::text::bigint)
);
create index commerce_idempotency_created on events.commerce_idempotency using brin (created);

-- A dump that is restored into a fresh cluster meets small transaction ids again. The origin is added to every new one, so that positions go on growing.
create table events.commerce_origin (
    one boolean primary key default true check (one),
    shift bigint not null default 0
);
insert into events.commerce_origin default values;
