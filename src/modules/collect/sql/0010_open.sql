-- The open interface: partners' keys with their secrets (sealed under the tenant's key), what was used of their quota,
-- the nonces of the last minutes, and webhooks with their deliveries.
CREATE TABLE partner_key (
    tenant_id    id16    NOT NULL,
    id           id16    NOT NULL,
    label        txt     NOT NULL,
    node_id      id16    NOT NULL,
    source_id    id16    NOT NULL,
    operations   txt     NOT NULL,
    per_minute   i64     NOT NULL,
    per_day      i64     NOT NULL,
    revoked      flag    NOT NULL,
    created_by   txt     NOT NULL,
    created_at   instant NOT NULL,
    last_used_at instant,
    minute_from  instant NOT NULL,
    minute_used  i64     NOT NULL,
    day_from     instant NOT NULL,
    day_used     i64     NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX partner_key_id ON partner_key (id);

CREATE TABLE partner_secret (
    tenant_id id16    NOT NULL,
    key_id    id16    NOT NULL,
    number    i64     NOT NULL,
    sealed    bin     NOT NULL,
    made_at   instant NOT NULL,
    ends_at   instant,
    PRIMARY KEY (tenant_id, key_id, number)
) WITHOUT ROWID;

CREATE TABLE partner_nonce (
    tenant_id id16    NOT NULL,
    key_id    id16    NOT NULL,
    nonce     txt     NOT NULL,
    at        instant NOT NULL,
    PRIMARY KEY (tenant_id, key_id, nonce)
) WITHOUT ROWID;
CREATE INDEX partner_nonce_at ON partner_nonce (tenant_id, key_id, at);

CREATE TABLE webhook (
    tenant_id  id16    NOT NULL,
    number     i64     NOT NULL,
    label      txt     NOT NULL,
    url        txt     NOT NULL,
    kinds      txt     NOT NULL,
    secret     bin     NOT NULL,
    active     flag    NOT NULL,
    created_by txt     NOT NULL,
    created_at instant NOT NULL,
    PRIMARY KEY (tenant_id, number)
) WITHOUT ROWID;

-- Up to where the outbox was looked through for the tenant's webhooks.
CREATE TABLE webhook_position (
    tenant_id id16 NOT NULL PRIMARY KEY,
    sequence  i64  NOT NULL
) WITHOUT ROWID;

CREATE TABLE webhook_delivery (
    tenant_id  id16    NOT NULL,
    number     i64     NOT NULL,
    id         id16    NOT NULL,
    webhook    i64     NOT NULL,
    kind       txt     NOT NULL,
    body       txt     NOT NULL,
    state      i64     NOT NULL,
    attempts   i64     NOT NULL,
    next_at    instant NOT NULL,
    status     i64     NOT NULL,
    error      txt     NOT NULL,
    created_at instant NOT NULL,
    done_at    instant,
    PRIMARY KEY (tenant_id, number)
) WITHOUT ROWID;
CREATE INDEX webhook_delivery_due ON webhook_delivery (tenant_id, state, next_at);
CREATE INDEX webhook_delivery_of ON webhook_delivery (tenant_id, webhook, number);
