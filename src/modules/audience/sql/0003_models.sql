-- What each run of a model computed: its version, what it was given, its figures. Assignments are tags (audience_set);
-- fingerprint is a hash over who is in which part.
CREATE TABLE audience_model_run (
    tenant_id    id16    NOT NULL,
    number       i64     NOT NULL,
    model        txt     NOT NULL,
    version      i64     NOT NULL,
    at           instant NOT NULL,
    actor        txt     NOT NULL,
    people       i64     NOT NULL,
    fingerprint  txt     NOT NULL,
    result       txt     NOT NULL,
    published_at instant,
    PRIMARY KEY (tenant_id, number)
);
CREATE INDEX audience_model_run_model ON audience_model_run (tenant_id, model, number);

-- Layers of strategy, in the order layer then place: a person's primary strategy is the first whose set has him.
CREATE TABLE audience_strategy (
    tenant_id  id16    NOT NULL,
    id         id16    NOT NULL,
    name       txt     NOT NULL,
    layer      i64     NOT NULL,
    place      i64     NOT NULL,
    set_id     id16    NOT NULL,
    action     txt     NOT NULL,
    created_by txt     NOT NULL,
    created_at instant NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
