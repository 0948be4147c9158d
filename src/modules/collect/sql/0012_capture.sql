-- Capture points: forms, links, radar links, surveys, receipt and item codes. No personal value: who it was stands with
-- the customer, free answers in the vault under "capture:<submission>:<question>".
CREATE TABLE capture_point (
    tenant_id  id16    NOT NULL,
    number     i64     NOT NULL,
    code       txt     NOT NULL,
    kind       i64     NOT NULL,
    name       txt     NOT NULL,
    platform   txt     NOT NULL,
    post       txt     NOT NULL,
    node_id    id16    NOT NULL,
    source_id  id16    NOT NULL,
    target     txt     NOT NULL,
    definition txt     NOT NULL,
    active     flag    NOT NULL,
    created_by txt     NOT NULL,
    created_at instant NOT NULL,
    PRIMARY KEY (tenant_id, number)
) WITHOUT ROWID;
CREATE UNIQUE INDEX capture_point_code ON capture_point (code);

-- what: 0 opened, 1 submitted, 2 turned away
CREATE TABLE capture_count (
    tenant_id id16 NOT NULL,
    point     i64  NOT NULL,
    day       i64  NOT NULL,
    what      i64  NOT NULL,
    times     i64  NOT NULL,
    PRIMARY KEY (tenant_id, point, day, what)
) WITHOUT ROWID;

CREATE TABLE capture_submission (
    tenant_id   id16    NOT NULL,
    number      i64     NOT NULL,
    point       i64     NOT NULL,
    customer_id id16    NOT NULL,
    at          instant NOT NULL,
    channel     txt     NOT NULL,
    version     txt     NOT NULL,
    region      txt     NOT NULL,
    token       txt     NOT NULL,
    PRIMARY KEY (tenant_id, number)
) WITHOUT ROWID;
CREATE INDEX capture_submission_point ON capture_submission (tenant_id, point, number);

CREATE TABLE capture_answer (
    tenant_id  id16 NOT NULL,
    point      i64  NOT NULL,
    submission i64  NOT NULL,
    question   i64  NOT NULL,
    choice     i64  NOT NULL,
    PRIMARY KEY (tenant_id, point, submission, question, choice)
) WITHOUT ROWID;

-- A personal address of a point. Without `via` it is an invitation; with it, a reading of the address `via`.
CREATE TABLE capture_token (
    tenant_id   id16    NOT NULL,
    token       txt     NOT NULL,
    point       i64     NOT NULL,
    via         txt     NOT NULL,
    depth       i64     NOT NULL,
    customer_id id16,
    made_by     txt     NOT NULL,
    made_at     instant NOT NULL,
    stay_ms     i64     NOT NULL,
    again       i64     NOT NULL,
    PRIMARY KEY (tenant_id, token)
) WITHOUT ROWID;
CREATE INDEX capture_token_point ON capture_token (tenant_id, point, made_at);
CREATE INDEX capture_token_via ON capture_token (tenant_id, via);

-- First scans of item codes and receipts. `key`: the serial, or the receipt's number. `proof`: whose request took it.
CREATE TABLE capture_claim (
    tenant_id   id16    NOT NULL,
    point       i64     NOT NULL,
    key         txt     NOT NULL,
    proof       id16    NOT NULL,
    customer_id id16,
    at          instant NOT NULL,
    region      txt     NOT NULL,
    refused     i64     NOT NULL,
    PRIMARY KEY (tenant_id, point, key)
) WITHOUT ROWID;
