-- What each import saw of a customer, so that taking it back leaves what the others saw.

-- The earliest sight, and the first home node given, of one import; source 0 is everything that is never taken back.
-- Only customers whom an import brought or met have rows. What stands in `customer` is the earliest of seen_at, and the
-- home_node with the lowest home_no.
CREATE TABLE customer_sight (
    tenant_id   id16    NOT NULL,
    customer_id id16    NOT NULL,
    source      i64     NOT NULL,
    seen_at     instant NOT NULL,
    home_node   id16,
    home_no     i64     NOT NULL,
    PRIMARY KEY (tenant_id, customer_id, source)
) WITHOUT ROWID;
CREATE INDEX customer_sight_source ON customer_sight (tenant_id, source, customer_id);

-- When this source first brought the identity.
ALTER TABLE identity_source ADD COLUMN at instant;
