-- The journal on PostgreSQL: acknowledged raw batches before they are applied, one row per group, sealed under a key per
-- segment. Rows of the shard as a whole: tenant_id is zeros. On SQLite the journal is files and these stay empty.

CREATE TABLE journal_segment (
    tenant_id id16 NOT NULL,
    segment i64 NOT NULL,
    key bin NOT NULL,
    PRIMARY KEY (tenant_id, segment)
) WITHOUT ROWID;

CREATE TABLE journal_group (
    tenant_id id16 NOT NULL,
    first i64 NOT NULL,
    last i64 NOT NULL,
    segment i64 NOT NULL,
    bytes bin NOT NULL,
    PRIMARY KEY (tenant_id, first)
);

-- What has been acknowledged and what has been destroyed; every group checks and moves it.
CREATE TABLE journal_head (
    tenant_id id16 NOT NULL PRIMARY KEY,
    last i64 NOT NULL,
    dropped i64 NOT NULL,
    segment i64 NOT NULL
) WITHOUT ROWID;
