-- Leads: traced interest, owned and staged. Who it is stands with the customer; what was said at a follow-up stands in
-- the vault under "lead:<number>:<step>".
CREATE TABLE lead (
    tenant_id   id16    NOT NULL,
    number      i64     NOT NULL,
    customer_id id16    NOT NULL,
    kind        i64     NOT NULL,
    company     txt     NOT NULL,
    node_id     id16    NOT NULL,
    source      txt     NOT NULL,
    stage       i64     NOT NULL,
    owner_id    id16,
    owner_name  txt     NOT NULL,
    created_at  instant NOT NULL,
    owned_at    instant,
    followed_at instant,
    due_at      instant,
    recycled    i64     NOT NULL,
    closed_at   instant,
    PRIMARY KEY (tenant_id, number)
) WITHOUT ROWID;
CREATE INDEX lead_node ON lead (tenant_id, node_id, number);
CREATE INDEX lead_customer ON lead (tenant_id, customer_id, number);
CREATE INDEX lead_owner ON lead (tenant_id, owner_id, number);

-- What happened to a lead, in order.
CREATE TABLE lead_step (
    tenant_id id16    NOT NULL,
    lead      i64     NOT NULL,
    number    i64     NOT NULL,
    at        instant NOT NULL,
    actor     txt     NOT NULL,
    action    txt     NOT NULL,
    stage     i64     NOT NULL,
    noted     flag    NOT NULL,
    PRIMARY KEY (tenant_id, lead, number)
) WITHOUT ROWID;
