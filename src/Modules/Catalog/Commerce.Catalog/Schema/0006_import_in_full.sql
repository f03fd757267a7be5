-- What an import was asked for, what it did, and the rows that failed as they came, so that they can be fixed and sent again.

alter table catalog.jobs add column format text not null default 'ndjson';
alter table catalog.jobs add column dry_run boolean not null default false;
-- The first line of a CSV file and what parts its cells.
alter table catalog.jobs add column header text;
alter table catalog.jobs add column delimiter text not null default ',';
alter table catalog.jobs add column created bigint not null default 0;
alter table catalog.jobs add column updated bigint not null default 0;
alter table catalog.jobs add column unchanged bigint not null default 0;

alter table catalog.job_errors add column payload bytea;
