-- The event log: blocks of canonical events, chained per tenant. Never updated; whole months are dropped under
-- retention, and event_log_base keeps the chain's head and the count of what was dropped.
CREATE TABLE event_block (
    tenant_id      id16    NOT NULL,
    sequence       i64     NOT NULL,
    first_position i64     NOT NULL,
    events         i64     NOT NULL,
    month          i64     NOT NULL,
    hash           bin     NOT NULL,
    body           bin     NOT NULL,
    PRIMARY KEY (tenant_id, sequence)
);

CREATE TABLE event_log_base (
    tenant_id id16 NOT NULL,
    sequence  i64  NOT NULL,
    position  i64  NOT NULL,
    hash      bin  NOT NULL,
    PRIMARY KEY (tenant_id)
);
