-- A lifecycle: stages in their natural order. A stage is a set of family 2 (audience_set), whose rule there is the
-- stage's own rule and "in no later stage"; here stands its own rule alone. Each save is kept, for undo.
CREATE TABLE lifecycle (
    tenant_id   id16    NOT NULL,
    id          id16    NOT NULL,
    name        txt     NOT NULL,
    scale       i64     NOT NULL,
    description txt     NOT NULL,
    version     i64     NOT NULL,
    created_by  txt     NOT NULL,
    created_at  instant NOT NULL,
    changed_at  instant NOT NULL,
    archived_at instant,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE lifecycle_stage (
    tenant_id    id16 NOT NULL,
    set_id       id16 NOT NULL,
    lifecycle_id id16 NOT NULL,
    place        i64  NOT NULL,
    kind         i64  NOT NULL,
    rule         txt  NOT NULL,
    PRIMARY KEY (tenant_id, set_id)
);
CREATE INDEX lifecycle_stage_of ON lifecycle_stage (tenant_id, lifecycle_id, place);

-- stages: [{"id","name","kind","description","rule"}], as they were saved with this version.
CREATE TABLE lifecycle_version (
    tenant_id    id16    NOT NULL,
    lifecycle_id id16    NOT NULL,
    version      i64     NOT NULL,
    name         txt     NOT NULL,
    description  txt     NOT NULL,
    stages       txt     NOT NULL,
    at           instant NOT NULL,
    actor        txt     NOT NULL,
    PRIMARY KEY (tenant_id, lifecycle_id, version)
);

CREATE INDEX audience_change_customer ON audience_change (tenant_id, customer_id, number);
