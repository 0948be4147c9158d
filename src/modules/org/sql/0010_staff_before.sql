-- What a line of a staff list found of a person, a post or a till's code, and what it left there: taking the list back
-- restores what stood before it, unless somebody has changed it since. what: 'person', 'post NODE ROLE' or
-- 'code NODE DAY CODE'; found and stands: JSON, empty when there was nothing. turn counts the lines of one what.
CREATE TABLE staff_before (
    tenant_id id16 NOT NULL,
    staff_id  id16 NOT NULL,
    what      txt  NOT NULL,
    turn      i64  NOT NULL,
    source    txt  NOT NULL,
    found     txt  NOT NULL,
    stands    txt  NOT NULL,
    PRIMARY KEY (tenant_id, staff_id, what, turn)
) WITHOUT ROWID;
CREATE INDEX staff_before_source ON staff_before (tenant_id, source, staff_id);
