-- Consent, the rights of persons, and erasure. No personal value: a consent's proof stands in the vault.

-- Append-only. What a customer (not a person: consent never spreads by merging) said per purpose and channel.
CREATE TABLE consent_line (
    tenant_id    id16    NOT NULL,
    number       i64     NOT NULL,
    customer_id  id16    NOT NULL,
    purpose      i64     NOT NULL,
    channel      i64     NOT NULL,
    granted      flag    NOT NULL,
    text_version txt     NOT NULL,
    source       txt     NOT NULL,
    actor        txt     NOT NULL,
    at           instant NOT NULL,
    recorded_at  instant NOT NULL,
    PRIMARY KEY (tenant_id, number)
) WITHOUT ROWID;
CREATE INDEX consent_line_customer ON consent_line (tenant_id, customer_id, number);

-- Somebody asks for access, a copy, a correction, portability or erasure. `receipt` is JSON: what was done and when.
CREATE TABLE privacy_request (
    tenant_id    id16    NOT NULL,
    number       i64     NOT NULL,
    customer_id  id16    NOT NULL,
    kind         i64     NOT NULL,
    state        i64     NOT NULL,
    note         txt     NOT NULL,
    requested_at instant NOT NULL,
    due_at       instant NOT NULL,
    closed_at    instant,
    closed_by    txt     NOT NULL,
    receipt      txt     NOT NULL,
    PRIMARY KEY (tenant_id, number)
) WITHOUT ROWID;

-- The erasure register: whose data went, and when. The customer's row stays, so that sums stay.
CREATE TABLE customer_erasure (
    tenant_id   id16    NOT NULL,
    customer_id id16    NOT NULL,
    at          instant NOT NULL,
    PRIMARY KEY (tenant_id, customer_id)
) WITHOUT ROWID;

-- Keyed fingerprints of erased phones and addresses (under another key than the blind index), and the new customers that
-- came with one: marketing reaches none of them.
CREATE TABLE suppression (
    tenant_id   id16    NOT NULL,
    fingerprint bin     NOT NULL,
    at          instant NOT NULL,
    PRIMARY KEY (tenant_id, fingerprint)
) WITHOUT ROWID;
CREATE TABLE customer_suppressed (
    tenant_id   id16    NOT NULL,
    customer_id id16    NOT NULL,
    at          instant NOT NULL,
    PRIMARY KEY (tenant_id, customer_id)
) WITHOUT ROWID;
