-- Households: who lives together, as far as they said so. Nobody is merged by it. A child or a pet is no customer: its
-- name and its moments stand in the vault of `keeper_id` ("household:<number>:name", "milestone:<number>"), who for a
-- child gave the consent of a guardian, and go with it. A customer keeps itself.
CREATE TABLE household_member (
    tenant_id    id16    NOT NULL,
    number       i64     NOT NULL,
    household    i64     NOT NULL,
    relation     i64     NOT NULL,
    customer_id  id16,
    keeper_id    id16    NOT NULL,
    consent_text txt     NOT NULL,
    consent_how  txt     NOT NULL,
    consent_at   instant,
    birth_date   flag    NOT NULL,
    added_at     instant NOT NULL,
    PRIMARY KEY (tenant_id, number)
) WITHOUT ROWID;
CREATE INDEX household_member_household ON household_member (tenant_id, household, number);
CREATE INDEX household_member_keeper ON household_member (tenant_id, keeper_id);

-- A moment in a member's life. `precise`: a day is kept, not only a month.
CREATE TABLE household_milestone (
    tenant_id id16    NOT NULL,
    number    i64     NOT NULL,
    member    i64     NOT NULL,
    kind      txt     NOT NULL,
    precise   flag    NOT NULL,
    added_at  instant NOT NULL,
    PRIMARY KEY (tenant_id, number)
) WITHOUT ROWID;
CREATE INDEX household_milestone_member ON household_milestone (tenant_id, member, number);
