-- How long each source, feed and store may say nothing before that is an alarm, where it is not the usual time.
CREATE TABLE freshness_limit (
    tenant_id  id16    NOT NULL,
    subject    txt     NOT NULL,
    limit_min  i64     NOT NULL,
    changed_by txt     NOT NULL,
    changed_at instant NOT NULL,
    PRIMARY KEY (tenant_id, subject)
);
