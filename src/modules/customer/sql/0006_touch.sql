-- By which live touch points a customer can be met: a friend of a staff member, a follower, an open grant, an app's
-- token, a group. A row per account, with its newest state; `account` is ours (a staff member, an app, a group).
CREATE TABLE customer_touch (
    tenant_id   id16    NOT NULL,
    customer_id id16    NOT NULL,
    kind        i64     NOT NULL,
    account     txt     NOT NULL,
    live        flag    NOT NULL,
    at          instant NOT NULL,
    PRIMARY KEY (tenant_id, customer_id, kind, account)
) WITHOUT ROWID;
CREATE INDEX customer_touch_live ON customer_touch (tenant_id, live, customer_id);
