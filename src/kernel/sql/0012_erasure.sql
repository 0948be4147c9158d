-- How much of the erasure register, which is kept outside, this record has carried out. tenant_id is zeros: the register
-- belongs to the shard.
CREATE TABLE erasure_register (
    tenant_id id16 NOT NULL PRIMARY KEY,
    lines     i64  NOT NULL
) WITHOUT ROWID;

-- The parts of an erasure that come after its unit: what is forced out where, by when, and since when it is. `customers`
-- are the numbers that the part is about, printed, with blanks between; empty where it is about the files as a whole.
CREATE TABLE erasure_part (
    tenant_id id16    NOT NULL,
    request   i64     NOT NULL,
    part      txt     NOT NULL,
    customers txt     NOT NULL,
    due_by    instant NOT NULL,
    done_at   instant,
    PRIMARY KEY (tenant_id, request, part)
) WITHOUT ROWID;
