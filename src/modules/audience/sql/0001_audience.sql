-- Segments and tags, who is in them, and who entered and left. A set is a segment (family 0) or a tag (family 1); its
-- rule is JSON (kernel/rules), empty when people are put in by hand. change_no moves with every change of the row.
CREATE TABLE audience_set (
    tenant_id   id16    NOT NULL,
    id          id16    NOT NULL,
    family      i64     NOT NULL,
    name        txt     NOT NULL,
    description txt     NOT NULL,
    rule        txt     NOT NULL,
    class       i64     NOT NULL,
    group_id    id16,
    life_days   i64,
    version     i64     NOT NULL,
    created_by  txt     NOT NULL,
    created_at  instant NOT NULL,
    changed_at  instant NOT NULL,
    archived_at instant,
    change_no   i64     NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE tag_group (
    tenant_id id16 NOT NULL,
    id        id16 NOT NULL,
    name      txt  NOT NULL,
    exclusive flag NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

-- Whom a hand put in: customers, so that merging keeps it and separating gives it back. A removed row stays for the feed.
CREATE TABLE audience_assigned (
    tenant_id   id16    NOT NULL,
    set_id      id16    NOT NULL,
    customer_id id16    NOT NULL,
    at          instant NOT NULL,
    actor       txt     NOT NULL,
    expires_at  instant,
    batch       i64     NOT NULL,
    removed     flag    NOT NULL,
    removed_by  i64     NOT NULL,
    change_no   i64     NOT NULL,
    PRIMARY KEY (tenant_id, set_id, customer_id)
);
CREATE INDEX audience_assigned_change ON audience_assigned (tenant_id, change_no);
CREATE INDEX audience_assigned_batch ON audience_assigned (tenant_id, batch);
CREATE INDEX audience_assigned_removed ON audience_assigned (tenant_id, removed_by);
CREATE INDEX audience_assigned_customer ON audience_assigned (tenant_id, customer_id);

CREATE TABLE audience_batch (
    tenant_id id16    NOT NULL,
    number    i64     NOT NULL,
    set_id    id16    NOT NULL,
    removes   flag    NOT NULL,
    actor     id16    NOT NULL,
    people    i64     NOT NULL,
    at        instant NOT NULL,
    undone_at instant,
    PRIMARY KEY (tenant_id, number)
);

-- Derived: who is in, by the person's oldest customer, and since when.
CREATE TABLE audience_member (
    tenant_id   id16    NOT NULL,
    set_id      id16    NOT NULL,
    customer_id id16    NOT NULL,
    since       instant NOT NULL,
    PRIMARY KEY (tenant_id, set_id, customer_id)
);

-- Append-only. because: {"zh":[…],"en":[…]}, conditions of the rule in words.
CREATE TABLE audience_change (
    tenant_id   id16    NOT NULL,
    number      i64     NOT NULL,
    set_id      id16    NOT NULL,
    customer_id id16    NOT NULL,
    entered     flag    NOT NULL,
    at          instant NOT NULL,
    cause       i64     NOT NULL,
    because     txt     NOT NULL,
    PRIMARY KEY (tenant_id, number)
);
CREATE INDEX audience_change_set ON audience_change (tenant_id, set_id, number);

CREATE TABLE audience_size (
    tenant_id id16 NOT NULL,
    set_id    id16 NOT NULL,
    day       i64  NOT NULL,
    people    i64  NOT NULL,
    entered   i64  NOT NULL,
    gone      i64  NOT NULL,
    PRIMARY KEY (tenant_id, set_id, day)
);

-- How far the feeds have been read: what audience_member says is true of this position at this moment.
CREATE TABLE audience_position (
    tenant_id id16    NOT NULL,
    events    i64     NOT NULL,
    customers i64     NOT NULL,
    orders    i64     NOT NULL,
    assigned  i64     NOT NULL,
    at        instant NOT NULL,
    PRIMARY KEY (tenant_id)
);
