-- The tenant's keys, each wrapped by the master key. Family 1: data (what is sealed); 2: index (what is looked up).
-- `settled_at`: since when everything stands under this generation. A destroyed one has no bytes left. The first
-- generation of the index has no row where it derives from the first of the data (records older than this table).
CREATE TABLE key_generation (
    tenant_id    id16    NOT NULL,
    family       i64     NOT NULL,
    generation   i64     NOT NULL,
    wrapped      bin     NOT NULL,
    created_at   instant NOT NULL,
    settled_at   instant,
    destroyed_at instant,
    PRIMARY KEY (tenant_id, family, generation)
) WITHOUT ROWID;

INSERT INTO key_generation (tenant_id, family, generation, wrapped, created_at, settled_at)
    SELECT tenant_id, 1, 1, wrapped, created_at, created_at FROM tenant_key;
DROP TABLE tenant_key;
