CREATE TABLE notes.note (
    id uuid PRIMARY KEY,
    text text NOT NULL,
    version bigint NOT NULL,
    written_at timestamptz NOT NULL);
