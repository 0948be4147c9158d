-- Own file layouts; what members' files said of value; day closes and what was decided about differences.
CREATE TABLE import_profile (
    tenant_id  id16    NOT NULL,
    name       txt     NOT NULL,
    title      txt     NOT NULL,
    signature  txt     NOT NULL,
    mapping    txt     NOT NULL,
    created_by txt     NOT NULL,
    changed_at instant NOT NULL,
    PRIMARY KEY (tenant_id, name)
);

-- Further files of one import: the heads of a till whose lines are the import itself.
CREATE TABLE import_part (
    tenant_id  id16    NOT NULL,
    import_id  id16    NOT NULL,
    role       txt     NOT NULL,
    file_id    id16    NOT NULL,
    name       txt     NOT NULL,
    encoding   txt     NOT NULL,
    chunks     i64     NOT NULL,
    bytes      i64     NOT NULL,
    PRIMARY KEY (tenant_id, import_id, role)
);

CREATE TABLE member_opening (
    tenant_id    id16 NOT NULL,
    customer_id  id16 NOT NULL,
    content      bin  NOT NULL,
    level        txt  NOT NULL,
    points       i64  NOT NULL,
    growth       i64  NOT NULL,
    stored_minor i64  NOT NULL,
    guide_code   txt  NOT NULL,
    tags         txt  NOT NULL,
    consent      txt  NOT NULL,
    source       txt  NOT NULL,
    PRIMARY KEY (tenant_id, customer_id, source)
);
CREATE INDEX member_opening_source ON member_opening (tenant_id, source, customer_id);

-- One close per source, so that taking a file back brings the older one into force; the newest number stands.
CREATE TABLE store_day (
    tenant_id    id16    NOT NULL,
    day          i64     NOT NULL,
    node_id      id16    NOT NULL,
    source       txt     NOT NULL,
    number       i64     NOT NULL,
    receipts     i64     NOT NULL,
    net_minor    i64     NOT NULL,
    refund_minor i64     NOT NULL,
    channel      txt     NOT NULL,
    at           instant NOT NULL,
    PRIMARY KEY (tenant_id, day, node_id, source)
);
CREATE INDEX store_day_source ON store_day (tenant_id, source, day);

CREATE TABLE store_day_decision (
    tenant_id id16    NOT NULL,
    day       i64     NOT NULL,
    node_id   id16    NOT NULL,
    state     txt     NOT NULL,
    reason    txt     NOT NULL,
    figures   txt     NOT NULL,
    by_name   txt     NOT NULL,
    at        instant NOT NULL,
    PRIMARY KEY (tenant_id, day, node_id)
);
