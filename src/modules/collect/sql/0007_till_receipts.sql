-- The till's own list of receipts of a day, beside its close: what ours are held against, receipt by receipt. One row per
-- source, so that taking a list back brings an older one into force; the newest number stands.
CREATE TABLE till_receipt (
    tenant_id id16 NOT NULL,
    day       i64  NOT NULL,
    node_id   id16 NOT NULL,
    receipt   txt  NOT NULL,
    source    txt  NOT NULL,
    number    i64  NOT NULL,
    net_minor i64  NOT NULL,
    PRIMARY KEY (tenant_id, day, node_id, receipt, source)
);
CREATE INDEX till_receipt_source ON till_receipt (tenant_id, source, day, node_id);
