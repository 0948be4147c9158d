-- Operating cycles (LIF-04): what a brand wants of a stretch of time, what has to be delivered in it, and what came of
-- it. A goal's target and final value are in the metric's own unit: people or orders, minor units, or 1/10,000.
CREATE TABLE operating_cycle (
    tenant_id  id16    NOT NULL,
    id         id16    NOT NULL,
    name       txt     NOT NULL,
    purpose    txt     NOT NULL,
    node_id    id16    NOT NULL,
    channel    txt,
    product    txt,
    starts     i64     NOT NULL,
    ends       i64     NOT NULL,
    state      i64     NOT NULL,
    achieved   txt     NOT NULL,
    learned    txt     NOT NULL,
    next       txt     NOT NULL,
    created_by txt     NOT NULL,
    created_at instant NOT NULL,
    closed_by  txt     NOT NULL,
    closed_at  instant,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;

CREATE TABLE operating_cycle_goal (
    tenant_id id16 NOT NULL,
    cycle_id  id16 NOT NULL,
    number    i64  NOT NULL,
    metric    txt  NOT NULL,
    variant   txt  NOT NULL,
    target    i64  NOT NULL,
    final     i64,
    PRIMARY KEY (tenant_id, cycle_id, number)
) WITHOUT ROWID;

CREATE TABLE operating_cycle_item (
    tenant_id id16 NOT NULL,
    cycle_id  id16 NOT NULL,
    number    i64  NOT NULL,
    title     txt  NOT NULL,
    owner     txt  NOT NULL,
    due       i64,
    required  flag NOT NULL,
    result    txt  NOT NULL,
    done_by   txt  NOT NULL,
    done_at   instant,
    PRIMARY KEY (tenant_id, cycle_id, number)
) WITHOUT ROWID;
