-- Dated changes of the tree. org_node holds what was made; the tree of a day is that with every change up to it.
-- kind: 0 rename, 1 move, 2 close, 3 reopen, 4 merge, 5 open.
CREATE TABLE org_change (
    tenant_id  id16    NOT NULL,
    id         id16    NOT NULL,
    node_id    id16    NOT NULL,
    kind       i64     NOT NULL,
    from_day   i64     NOT NULL,
    other_id   id16,
    name       txt     NOT NULL,
    reason     txt     NOT NULL,
    by_name    txt     NOT NULL,
    created_at instant NOT NULL,
    undone_at  instant,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX org_change_node ON org_change (tenant_id, node_id);
