-- Sources, refused rows, and imported files. Whatever may hold a personal value is sealed.
CREATE TABLE source (
    tenant_id  id16    NOT NULL,
    id         id16    NOT NULL,
    name       txt     NOT NULL,
    kind       txt     NOT NULL,
    created_at instant NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE refused_event (
    tenant_id id16    NOT NULL,
    number    i64     NOT NULL,
    source_id id16    NOT NULL,
    at        instant NOT NULL,
    code      txt     NOT NULL,
    sealed    bin     NOT NULL,
    PRIMARY KEY (tenant_id, number)
);
CREATE INDEX refused_event_source ON refused_event (tenant_id, source_id, number);

CREATE TABLE import_file (
    tenant_id  id16    NOT NULL,
    id         id16    NOT NULL,
    name       txt     NOT NULL,
    target     txt     NOT NULL,
    state      i64     NOT NULL,
    encoding   txt     NOT NULL,
    separator  txt     NOT NULL,
    bytes      i64     NOT NULL,
    chunks     i64     NOT NULL,
    mapping    txt     NOT NULL,
    rows_read  i64     NOT NULL,
    rows_new   i64     NOT NULL,
    rows_updated i64   NOT NULL,
    rows_unchanged i64 NOT NULL,
    rows_invalid i64   NOT NULL,
    job_id     id16,
    created_by txt     NOT NULL,
    created_at instant NOT NULL,
    changed_at instant NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE import_reject (
    tenant_id id16 NOT NULL,
    import_id id16 NOT NULL,
    line      i64  NOT NULL,
    cause     txt  NOT NULL,
    field     txt  NOT NULL,
    sealed    bin  NOT NULL,
    PRIMARY KEY (tenant_id, import_id, line)
);
CREATE INDEX import_reject_cause ON import_reject (tenant_id, import_id, cause, line);
