-- What joins people, as data of the tenant; why a link or a conflict came about; what people decided.

-- One row per kind that differs from what the program brings along. `blocked` is a sealed list of patterns: somebody may
-- block a real number.
CREATE TABLE identity_rule (
    tenant_id  id16    NOT NULL,
    kind       i64     NOT NULL,
    joins      flag    NOT NULL,
    per_person i64     NOT NULL,
    blocked    bin     NOT NULL,
    changed_at instant NOT NULL,
    PRIMARY KEY (tenant_id, kind)
) WITHOUT ROWID;

-- The identities that were seen together when the link was made, or the conflict found.
CREATE TABLE link_evidence (
    tenant_id id16 NOT NULL,
    link      i64  NOT NULL,
    identity  i64  NOT NULL,
    PRIMARY KEY (tenant_id, link, identity)
) WITHOUT ROWID;
CREATE TABLE conflict_evidence (
    tenant_id id16 NOT NULL,
    conflict  i64  NOT NULL,
    identity  i64  NOT NULL,
    PRIMARY KEY (tenant_id, conflict, identity)
) WITHOUT ROWID;

-- Append-only; the newest of a conflict counts. outcome: merge, apart, reopened. `link` is the one that a merge made.
CREATE TABLE conflict_decision (
    tenant_id id16    NOT NULL,
    number    i64     NOT NULL,
    conflict  i64     NOT NULL,
    outcome   txt     NOT NULL,
    link      i64     NOT NULL,
    reason    txt     NOT NULL,
    actor     txt     NOT NULL,
    at        instant NOT NULL,
    PRIMARY KEY (tenant_id, number)
) WITHOUT ROWID;
CREATE INDEX conflict_decision_conflict ON conflict_decision (tenant_id, conflict, number);
