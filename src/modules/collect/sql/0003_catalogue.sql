-- What events there are, by their declaration; what to do with others; and events held back until somebody decides.
CREATE TABLE event_type (
    tenant_id  id16    NOT NULL,
    name       txt     NOT NULL,
    title      txt     NOT NULL,
    fields     txt     NOT NULL,
    changed_by txt     NOT NULL,
    changed_at instant NOT NULL,
    PRIMARY KEY (tenant_id, name)
);

CREATE TABLE catalogue_rule (
    tenant_id  id16    NOT NULL,
    hold_unknown i64   NOT NULL,
    changed_at instant NOT NULL,
    PRIMARY KEY (tenant_id)
);

CREATE TABLE held_event (
    tenant_id   id16    NOT NULL,
    source_id   id16    NOT NULL,
    fingerprint id16    NOT NULL,
    number      i64     NOT NULL,
    type        txt     NOT NULL,
    code        txt     NOT NULL,
    at          instant NOT NULL,
    sealed      bin     NOT NULL,
    PRIMARY KEY (tenant_id, source_id, fingerprint)
);
CREATE INDEX held_event_type ON held_event (tenant_id, type, number);
