-- Of a login (custom_id) and another key, a < b: when a tracker bound the two last, and when it unbound them last. The
-- newer stands, the unbinding of equals, in whatever order the two came. Only explicit bindings have rows.
CREATE TABLE identity_bond (
    tenant_id  id16 NOT NULL,
    a          i64  NOT NULL,
    b          i64  NOT NULL,
    bound_at   instant,
    unbound_at instant,
    PRIMARY KEY (tenant_id, a, b)
) WITHOUT ROWID;
CREATE INDEX identity_bond_b ON identity_bond (tenant_id, b);
