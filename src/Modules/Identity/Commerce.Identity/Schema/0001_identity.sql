-- Whose an account is. Personal data stands here and in devices alone, never in events: erasing a person is deleting rows, and the history of what the
-- account did stays. A row whose account was never registered (the address was taken, the host died in between) is swept.
CREATE TABLE identity.people (
    account_id uuid PRIMARY KEY,
    email text NOT NULL,
    name text,
    password_hash text NOT NULL,
    written_at timestamptz NOT NULL);
CREATE INDEX people_email ON identity.people (email);

-- What an account may do: projected from its stream.
CREATE TABLE identity.accounts (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    roles text[] NOT NULL,
    disabled boolean NOT NULL,
    registered_at timestamptz NOT NULL,
    version bigint NOT NULL);
CREATE INDEX accounts_staff ON identity.accounts (registered_at DESC, id DESC) WHERE kind = 'staff';

-- Projected from the sessions' streams.
CREATE TABLE identity.sessions (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    started_at timestamptz NOT NULL,
    refreshed_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason text);
CREATE INDEX sessions_open ON identity.sessions (account_id, started_at DESC) WHERE ended_at IS NULL;

-- Where a session was begun, for its owner to recognise it by.
CREATE TABLE identity.devices (
    session_id uuid PRIMARY KEY,
    address text,
    user_agent text,
    written_at timestamptz NOT NULL);

-- Projected from the keys' streams.
CREATE TABLE identity.api_keys (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    scopes text[] NOT NULL,
    secret_hash text NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    version bigint NOT NULL);
CREATE INDEX api_keys_issued ON identity.api_keys (issued_at DESC, id DESC);

-- The keys that all hosts share: one signs tokens, one hides e-mail addresses in stream ids.
CREATE TABLE identity.secrets (
    name text PRIMARY KEY,
    value bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now());

-- Logins that may be guesses. Unlogged: a crash of the server forgives them.
CREATE UNLOGGED TABLE identity.login_attempts (
    key uuid PRIMARY KEY,
    attempts integer NOT NULL,
    free_at timestamptz NOT NULL,
    at timestamptz NOT NULL);
