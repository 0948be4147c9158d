-- The kernel's own tables. A shard is one database: tables whose rows belong to the shard as a whole carry a tenant_id
-- of zeros.

-- Who writes this shard. Every group of units checks the epoch.
CREATE TABLE shard_lease (
    tenant_id id16 NOT NULL,
    shard i64 NOT NULL,
    owner txt NOT NULL,
    epoch i64 NOT NULL,
    taken_at instant NOT NULL,
    PRIMARY KEY (tenant_id, shard)
) WITHOUT ROWID;

-- The hash-chained audit log: hash = BLAKE2b(previous hash, line). No personal value.
CREATE TABLE audit_line (
    tenant_id id16 NOT NULL,
    sequence i64 NOT NULL,
    at instant NOT NULL,
    actor_kind i64 NOT NULL,
    actor_id id16 NOT NULL,
    actor_name txt NOT NULL,
    action txt NOT NULL,
    object txt NOT NULL,
    detail txt NOT NULL,
    reason txt NOT NULL,
    request_id id16 NOT NULL,
    hash bin NOT NULL,
    PRIMARY KEY (tenant_id, sequence)
) WITHOUT ROWID;
CREATE INDEX audit_line_object ON audit_line (tenant_id, object, sequence);
CREATE INDEX audit_line_action ON audit_line (tenant_id, action, sequence);

-- The chain's head, so that lines cut off at the end are missed too.
CREATE TABLE audit_head (
    tenant_id id16 NOT NULL PRIMARY KEY,
    sequence i64 NOT NULL,
    hash bin NOT NULL
) WITHOUT ROWID;

-- Facts for other modules; sequence is commit order over the whole shard.
CREATE TABLE outbox_event (
    sequence i64 NOT NULL PRIMARY KEY,
    tenant_id id16 NOT NULL,
    type txt NOT NULL,
    key txt NOT NULL,
    payload txt NOT NULL,
    at instant NOT NULL
);

-- The last event whose effect stands, per handler.
CREATE TABLE outbox_position (
    tenant_id id16 NOT NULL,
    handler txt NOT NULL,
    position i64 NOT NULL,
    PRIMARY KEY (tenant_id, handler)
) WITHOUT ROWID;

-- Events (and timers: sequence 0) that a handler refused three times. They keep their own copy of the event.
CREATE TABLE outbox_parked (
    tenant_id id16 NOT NULL,
    id i64 NOT NULL,
    handler txt NOT NULL,
    sequence i64 NOT NULL,
    type txt NOT NULL,
    key txt NOT NULL,
    payload txt NOT NULL,
    at instant NOT NULL,
    error txt NOT NULL,
    attempts i64 NOT NULL,
    parked_at instant NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;

CREATE TABLE timer (
    tenant_id id16 NOT NULL,
    kind txt NOT NULL,
    key txt NOT NULL,
    due instant NOT NULL,
    payload txt NOT NULL,
    PRIMARY KEY (tenant_id, kind, key)
) WITHOUT ROWID;

CREATE TABLE job (
    tenant_id id16 NOT NULL,
    id id16 NOT NULL,
    kind txt NOT NULL,
    title txt NOT NULL,
    state i64 NOT NULL,
    phase txt NOT NULL,
    done i64 NOT NULL,
    total i64 NOT NULL,
    params txt NOT NULL,
    cursor txt NOT NULL,
    result txt NOT NULL,
    error txt NOT NULL,
    started_by txt NOT NULL,
    created_at instant NOT NULL,
    updated_at instant NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX job_state ON job (state, created_at);
CREATE INDEX job_recent ON job (tenant_id, created_at, id);

-- node_id is zeros for the whole tenant.
CREATE TABLE setting (
    tenant_id id16 NOT NULL,
    node_id id16 NOT NULL,
    name txt NOT NULL,
    value txt NOT NULL,
    changed_at instant NOT NULL,
    PRIMARY KEY (tenant_id, node_id, name)
) WITHOUT ROWID;

CREATE TABLE number_sequence (
    tenant_id id16 NOT NULL,
    name txt NOT NULL,
    last i64 NOT NULL,
    PRIMARY KEY (tenant_id, name)
) WITHOUT ROWID;

-- The tenant's key, wrapped by the master key.
CREATE TABLE tenant_key (
    tenant_id id16 NOT NULL PRIMARY KEY,
    wrapped bin NOT NULL,
    created_at instant NOT NULL
) WITHOUT ROWID;

-- 32 random bytes per customer; deleting them makes every sealed value of the customer noise.
CREATE TABLE person_secret (
    tenant_id id16 NOT NULL,
    customer_id id16 NOT NULL,
    secret bin NOT NULL,
    PRIMARY KEY (tenant_id, customer_id)
) WITHOUT ROWID;

CREATE TABLE vault_value (
    tenant_id id16 NOT NULL,
    customer_id id16 NOT NULL,
    field txt NOT NULL,
    sealed bin NOT NULL,
    source txt NOT NULL,
    at instant NOT NULL,
    confidence i64 NOT NULL,
    PRIMARY KEY (tenant_id, customer_id, field)
) WITHOUT ROWID;
