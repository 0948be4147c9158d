-- What came in and what was wrong with it, per source, store and business day of receipt. A row is written per source,
-- store and group of batches, in the unit that moves the journal position: counted once, whatever stops when. The store
-- is zeros where events name none. l0 … l8: how many events came how long after they happened (quality/api.h).
CREATE TABLE quality_day (
    tenant_id     id16    NOT NULL,
    day           i64     NOT NULL,
    source_id     id16    NOT NULL,
    node_id       id16    NOT NULL,
    events        i64     NOT NULL,
    late          i64     NOT NULL,
    duplicate     i64     NOT NULL,
    contradictory i64     NOT NULL,
    refused       i64     NOT NULL,
    last_at       instant NOT NULL,
    l0            i64     NOT NULL,
    l1            i64     NOT NULL,
    l2            i64     NOT NULL,
    l3            i64     NOT NULL,
    l4            i64     NOT NULL,
    l5            i64     NOT NULL,
    l6            i64     NOT NULL,
    l7            i64     NOT NULL,
    l8            i64     NOT NULL,
    PRIMARY KEY (tenant_id, day, source_id, node_id)
) WITHOUT ROWID;

-- The same since ever: from which day on a source, or a store within it, is expected, and when it last said something.
CREATE TABLE quality_count (
    tenant_id id16    NOT NULL,
    source_id id16    NOT NULL,
    node_id   id16    NOT NULL,
    events    i64     NOT NULL,
    first_day i64     NOT NULL,
    last_at   instant NOT NULL,
    PRIMARY KEY (tenant_id, source_id, node_id)
) WITHOUT ROWID;
