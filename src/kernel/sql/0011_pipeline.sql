-- How far the journal has been applied, written in the transaction that applied it. tenant_id is zeros: the position
-- belongs to the shard.
CREATE TABLE journal_position (
    tenant_id id16 NOT NULL,
    sequence  i64  NOT NULL,
    PRIMARY KEY (tenant_id)
);

-- Batches that ended the process twice or were refused three times: kept sealed, counted, shown, retried by hand.
CREATE TABLE parked_batch (
    tenant_id id16    NOT NULL,
    sequence  i64     NOT NULL,
    source_id id16    NOT NULL,
    reason    txt     NOT NULL,
    parked_at instant NOT NULL,
    sealed    bin     NOT NULL,
    PRIMARY KEY (tenant_id, sequence)
);
