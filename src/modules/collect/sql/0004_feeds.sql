-- Where files are fetched from by themselves, when, and what came of each. A secret stands sealed.
CREATE TABLE feed (
    tenant_id  id16    NOT NULL,
    number     i64     NOT NULL,
    name       txt     NOT NULL,
    kind       txt     NOT NULL,
    place      txt     NOT NULL,
    host       txt     NOT NULL,
    port       i64     NOT NULL,
    login      txt     NOT NULL,
    host_key   txt     NOT NULL,
    sealed     bin,
    pattern    txt     NOT NULL,
    profile    txt     NOT NULL,
    every_min  i64     NOT NULL,
    at_min     i64     NOT NULL,
    from_day   i64,
    paused     flag    NOT NULL,
    next_at    instant NOT NULL,
    last_at    instant,
    last_ok_at instant,
    last_error txt     NOT NULL,
    created_by txt     NOT NULL,
    created_at instant NOT NULL,
    PRIMARY KEY (tenant_id, number)
);

-- One row for each state of a file that was seen: what it was, and the import that it became.
CREATE TABLE feed_file (
    tenant_id id16    NOT NULL,
    feed      i64     NOT NULL,
    name      txt     NOT NULL,
    version   txt     NOT NULL,
    number    i64     NOT NULL,
    content   bin     NOT NULL,
    bytes     i64     NOT NULL,
    state     txt     NOT NULL,
    detail    txt     NOT NULL,
    import_id id16,
    at        instant NOT NULL,
    PRIMARY KEY (tenant_id, feed, name, version)
);
CREATE INDEX feed_file_number ON feed_file (tenant_id, feed, number);
