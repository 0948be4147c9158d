-- Funnels over typed events: steps: [{"name","type"}], each within so many days of the one before.
CREATE TABLE event_funnel (
    tenant_id   id16    NOT NULL,
    id          id16    NOT NULL,
    name        txt     NOT NULL,
    within_days i64     NOT NULL,
    steps       txt     NOT NULL,
    created_by  txt     NOT NULL,
    created_at  instant NOT NULL,
    changed_at  instant NOT NULL,
    archived_at instant,
    PRIMARY KEY (tenant_id, id)
);
