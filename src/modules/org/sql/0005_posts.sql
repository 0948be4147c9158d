-- A post has a first and a last day (none: no bound); one post of a person is the primary one. source: the staff list
-- that brought it, so that it can be taken back.
ALTER TABLE staff_post ADD COLUMN from_day i64;
ALTER TABLE staff_post ADD COLUMN until_day i64;
ALTER TABLE staff_post ADD COLUMN is_primary i64;
ALTER TABLE staff_post ADD COLUMN source txt;
-- The business's own number of the person; the last day of work.
ALTER TABLE staff ADD COLUMN code txt;
ALTER TABLE staff ADD COLUMN left_day i64;
ALTER TABLE staff ADD COLUMN source txt;

-- What a store's till, or the whole business (the root node), calls a person, from a day on.
CREATE TABLE staff_code (
    tenant_id id16 NOT NULL,
    node_id   id16 NOT NULL,
    code      txt  NOT NULL,
    from_day  i64  NOT NULL,
    staff_id  id16 NOT NULL,
    source    txt  NOT NULL,
    PRIMARY KEY (tenant_id, node_id, code, from_day)
);

-- How many holders of a role every node of a kind needs.
CREATE TABLE post_need (
    tenant_id id16 NOT NULL,
    kind      i64  NOT NULL,
    role_id   id16 NOT NULL,
    minimum   i64  NOT NULL,
    PRIMARY KEY (tenant_id, kind, role_id)
);
INSERT INTO post_need (tenant_id, kind, role_id, minimum)
    SELECT tenant_id, 3, id, 1 FROM role WHERE code = 'store_manager';
INSERT INTO post_need (tenant_id, kind, role_id, minimum)
    SELECT tenant_id, 1, id, 1 FROM role WHERE code = 'region_manager';
