-- How much a branch decides itself: a mode at a node, and what each mode locks where the tenant has said so itself.
CREATE TABLE governance_mode (
    tenant_id  id16    NOT NULL,
    node_id    id16    NOT NULL,
    mode       txt     NOT NULL,
    changed_at instant NOT NULL,
    PRIMARY KEY (tenant_id, node_id)
);

CREATE TABLE governance_lock (
    tenant_id  id16    NOT NULL,
    mode       txt     NOT NULL,
    permission txt     NOT NULL,
    PRIMARY KEY (tenant_id, mode, permission)
);

CREATE TABLE governance_changed (
    tenant_id  id16    NOT NULL,
    mode       txt     NOT NULL,
    changed_at instant NOT NULL,
    PRIMARY KEY (tenant_id, mode)
);
