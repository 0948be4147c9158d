-- Who is who. No table here holds a personal value: clear values stand in the vault, and only identity_index leads from
-- a value to its identity. The sequences identity, person_known, person_anonymous, link … are the kernel's.

-- Names of what brought facts ("src_…", "import:imp_…", "manual"), so that rows carry a small number.
CREATE TABLE customer_source (
    tenant_id id16 NOT NULL,
    number    i64  NOT NULL,
    name      txt  NOT NULL,
    PRIMARY KEY (tenant_id, number)
) WITHOUT ROWID;

-- Made at first sight of an unlinked identity. `ordinal` is of the known or the anonymous space and never used again; a
-- person has the ordinal of its oldest customer.
CREATE TABLE customer (
    tenant_id     id16    NOT NULL,
    id            id16    NOT NULL,
    ordinal       i64     NOT NULL,
    known         flag    NOT NULL,
    member        flag    NOT NULL,
    home_node     id16,
    first_seen_at instant NOT NULL,
    source        i64     NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;

-- `source` is the first that brought it (0 after that one was taken back and none follows).
CREATE TABLE identity (
    tenant_id     id16    NOT NULL,
    number        i64     NOT NULL,
    kind          i64     NOT NULL,
    customer_id   id16    NOT NULL,
    first_seen_at instant NOT NULL,
    source        i64     NOT NULL,
    PRIMARY KEY (tenant_id, number)
) WITHOUT ROWID;
CREATE INDEX identity_customer ON identity (tenant_id, customer_id);
CREATE INDEX identity_first_source ON identity (tenant_id, source, number);

-- The only pointer from a value to its identity; erasing deletes it.
CREATE TABLE identity_index (
    tenant_id id16 NOT NULL,
    kind      i64  NOT NULL,
    blind     bin  NOT NULL,
    number    i64  NOT NULL,
    PRIMARY KEY (tenant_id, kind, blind)
) WITHOUT ROWID;
CREATE UNIQUE INDEX identity_index_number ON identity_index (tenant_id, number);

-- Which further sources brought an identity, for taking an import back: the first few (rules.h,
-- kSourcesPerIdentityMax), then 0, which says that it is everybody's.
CREATE TABLE identity_source (
    tenant_id id16 NOT NULL,
    number    i64  NOT NULL,
    source    i64  NOT NULL,
    PRIMARY KEY (tenant_id, number, source)
) WITHOUT ROWID;
CREATE INDEX identity_source_source ON identity_source (tenant_id, source, number);

-- Evidence that two customers are one person. Append-only; an undone link has a row in link_undo.
CREATE TABLE link (
    tenant_id id16    NOT NULL,
    number    i64     NOT NULL,
    a         id16    NOT NULL,
    b         id16    NOT NULL,
    rule      txt     NOT NULL,
    source    i64     NOT NULL,
    reason    txt     NOT NULL,
    at        instant NOT NULL,
    PRIMARY KEY (tenant_id, number)
) WITHOUT ROWID;
CREATE INDEX link_a ON link (tenant_id, a);
CREATE INDEX link_b ON link (tenant_id, b);

-- by_hand: no rule joins these two again; otherwise the link went with a source that was taken back.
CREATE TABLE link_undo (
    tenant_id id16    NOT NULL,
    number    i64     NOT NULL,
    by_hand   flag    NOT NULL,
    reason    txt     NOT NULL,
    at        instant NOT NULL,
    PRIMARY KEY (tenant_id, number)
) WITHOUT ROWID;

-- Pairs that shared a strong key and were not joined, for people to decide.
CREATE TABLE identity_conflict (
    tenant_id id16    NOT NULL,
    number    i64     NOT NULL,
    a         id16    NOT NULL,
    b         id16    NOT NULL,
    cause     txt     NOT NULL,
    rule      txt     NOT NULL,
    source    i64     NOT NULL,
    at        instant NOT NULL,
    PRIMARY KEY (tenant_id, number)
) WITHOUT ROWID;
CREATE INDEX identity_conflict_a ON identity_conflict (tenant_id, a);
CREATE INDEX identity_conflict_b ON identity_conflict (tenant_id, b);

-- The feed of projections: whose person, home node or membership changed, in commit order.
CREATE TABLE customer_change (
    tenant_id   id16 NOT NULL,
    change_no   i64  NOT NULL,
    customer_id id16 NOT NULL,
    PRIMARY KEY (tenant_id, change_no)
) WITHOUT ROWID;
