-- Replies kept for 24 hours under Idempotency-Key, written in the command's own transaction. The caller's key is not
-- stored, only its hash; the hash of the content is keyed by it, so that nobody can try contents against a row.
-- reply is NULL when it held personal data.
CREATE TABLE idempotency_reply (
    tenant_id id16 NOT NULL,
    key_hash bin NOT NULL,
    content_hash bin NOT NULL,
    reply txt,
    at instant NOT NULL,
    PRIMARY KEY (tenant_id, key_hash)
) WITHOUT ROWID;
CREATE INDEX idempotency_reply_at ON idempotency_reply (tenant_id, at);
