-- Files that left, were refused, were asked for and approved; what roles may take out; who looked at very many people.
CREATE TABLE export (
    tenant_id   id16    NOT NULL,
    id          id16    NOT NULL,
    actor_kind  i64     NOT NULL,
    actor       id16    NOT NULL,
    actor_name  txt     NOT NULL,
    scope       txt     NOT NULL,          -- '*', or the topmost nodes of who asked
    at          instant NOT NULL,
    day         i64     NOT NULL,          -- of the business
    path        txt     NOT NULL,
    query       txt     NOT NULL,
    title_zh    txt     NOT NULL,
    title_en    txt     NOT NULL,
    data        i64     NOT NULL,
    state       i64     NOT NULL,
    file_rows   i64     NOT NULL,
    people      i64     NOT NULL,
    may_ask     flag    NOT NULL,
    reason      txt     NOT NULL,
    asked_at    instant,
    decided_by  txt     NOT NULL,
    decided_at  instant,
    decision    txt     NOT NULL,
    ends_at     instant,
    fetched     i64     NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX export_at ON export (tenant_id, at);
CREATE INDEX export_actor ON export (tenant_id, actor, day);
CREATE INDEX export_state ON export (tenant_id, state, at);

CREATE TABLE export_limit (
    tenant_id     id16    NOT NULL,
    role_id       id16    NOT NULL,
    people        i64     NOT NULL,
    files_a_day   i64     NOT NULL,
    approval      i64     NOT NULL,
    pages_an_hour i64     NOT NULL,
    changed_at    instant NOT NULL,
    PRIMARY KEY (tenant_id, role_id)
);

CREATE TABLE bulk_read (
    tenant_id  id16    NOT NULL,
    number     i64     NOT NULL,           -- of the event that brought it
    actor_name txt     NOT NULL,
    at         instant NOT NULL,
    kind       i64     NOT NULL,
    people     i64     NOT NULL,
    closed_by  txt     NOT NULL,
    closed_at  instant,
    note       txt     NOT NULL,
    PRIMARY KEY (tenant_id, number)
);
