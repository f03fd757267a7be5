-- Staff looks for what waits or was given up; both are few. What was sent is nearly everything, so a walk through all of it from the newest finds a page at once,
-- and what waits has an index of its own already.
DROP INDEX messages.outbox_status_idx;
CREATE INDEX outbox_given_up_idx ON messages.outbox (status, created_at, id) WHERE status <> 'waiting' AND status <> 'sent';
