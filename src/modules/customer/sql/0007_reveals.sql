-- How many clear values somebody has looked at, per hour: many are an alarm. Whose they were says the audit log.
CREATE TABLE reveal_tally (
    tenant_id id16 NOT NULL,
    actor     txt  NOT NULL,
    hour      i64  NOT NULL,
    reveals   i64  NOT NULL,
    PRIMARY KEY (tenant_id, actor, hour)
) WITHOUT ROWID;
