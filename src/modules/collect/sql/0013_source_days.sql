-- What came from each source on each business day, by when it was received, and what was wrong with it. Written in the
-- unit that applies a group of batches: a row per source and group, never per event, and nothing twice after a crash.
CREATE TABLE source_day (
    tenant_id     id16    NOT NULL,
    source_id     id16    NOT NULL,
    day           i64     NOT NULL,
    accepted      i64     NOT NULL,
    refused       i64     NOT NULL,
    late          i64     NOT NULL,
    duplicate     i64     NOT NULL,
    contradictory i64     NOT NULL,
    last_at       instant NOT NULL,
    PRIMARY KEY (tenant_id, source_id, day)
) WITHOUT ROWID;
