-- One person's accounts in two tenants, proven once with both passwords (or given by the installation to its
-- administrator for a sample). A row stands in each of the two; the stamps are SHA-256 of the passwords' stored hashes:
-- a password that somebody changes or resets, in either tenant, ends the link.
CREATE TABLE account_link (
    tenant_id    id16    NOT NULL,
    staff_id     id16    NOT NULL,
    other_tenant id16    NOT NULL,
    other_staff  id16    NOT NULL,
    own_stamp    bin     NOT NULL,
    other_stamp  bin     NOT NULL,
    created_at   instant NOT NULL,
    PRIMARY KEY (tenant_id, staff_id, other_tenant)
);
-- What the catalogue has ever given to a ready role. A right that stands here and not in role_permission was taken away
-- by the tenant, and stays away when the program is upgraded.
CREATE TABLE role_given (
    tenant_id  id16 NOT NULL,
    role_id    id16 NOT NULL,
    permission txt  NOT NULL,
    PRIMARY KEY (tenant_id, role_id, permission)
);
