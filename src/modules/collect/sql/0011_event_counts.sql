-- How many events of each type came in, and when: a row is written per type and group of batches, never per event.
CREATE TABLE event_type_count (
    tenant_id id16    NOT NULL,
    type      txt     NOT NULL,
    events    i64     NOT NULL,
    first_at  instant NOT NULL,
    last_at   instant NOT NULL,
    PRIMARY KEY (tenant_id, type)
) WITHOUT ROWID;
