-- What the daily look at retention took away, per class: a line of proof without any value.
CREATE TABLE retention_receipt (
    tenant_id id16    NOT NULL,
    number    i64     NOT NULL,
    class     txt     NOT NULL,
    days      i64     NOT NULL,
    before    instant NOT NULL,
    rows      i64     NOT NULL,
    at        instant NOT NULL,
    PRIMARY KEY (tenant_id, number)
) WITHOUT ROWID;
