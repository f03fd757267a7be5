-- The state of a long stream at one of its versions, so that a host that has not seen the stream reads what came after and not all of it. It can be dropped at
-- any time: the events say the same. format tells how the state was written; a host passes over one that it does not know.
create table events.commerce_snapshots (
    stream_id uuid primary key,
    format integer not null,
    version bigint not null,
    last_at timestamptz not null,
    state jsonb not null
);
