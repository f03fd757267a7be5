-- Long work that a caller does not wait for. A job's rows are kept until it has ended, so that any host can go on with it after a kill.
create table catalog.jobs (
    id uuid primary key,
    kind text not null,
    actor text not null,
    -- receiving, queued, running, completed, failed or cancelled
    status text not null,
    processed bigint not null default 0,
    total bigint not null default 0,
    failed bigint not null default 0,
    chunks integer not null default 0,
    next_chunk integer not null default 0,
    cancel_requested boolean not null default false,
    error text,
    created_at timestamptz not null,
    started_at timestamptz,
    finished_at timestamptz
);
create index jobs_open on catalog.jobs (created_at) where status in ('receiving', 'queued', 'running');

-- A few hundred rows each: numbered lines, "row count payload".
create table catalog.job_chunks (
    job_id uuid not null references catalog.jobs (id) on delete cascade,
    no integer not null,
    rows integer not null,
    body bytea not null,
    primary key (job_id, no)
);

create table catalog.job_errors (
    job_id uuid not null references catalog.jobs (id) on delete cascade,
    row bigint not null,
    sku text,
    message text not null,
    errors text,
    primary key (job_id, row)
);
