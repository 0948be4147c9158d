-- Rows of a file that say otherwise than what stands, although it cannot have become otherwise: an order's time, store or
-- goods; keys of two known people in one row. The row was taken; of an import the first 1,000 are kept here.
ALTER TABLE import_file ADD COLUMN rows_contradictory i64 NOT NULL DEFAULT 0;

CREATE TABLE import_contradiction (
    tenant_id id16 NOT NULL,
    import_id id16 NOT NULL,
    line      i64  NOT NULL,
    field     txt  NOT NULL,
    subject   txt  NOT NULL,
    PRIMARY KEY (tenant_id, import_id, line)
) WITHOUT ROWID;
