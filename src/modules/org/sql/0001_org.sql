-- Tenants, the organisation tree, staff with posts, roles as data, logins, sessions and keys.
-- A tenant's own row carries its id as tenant_id.
CREATE TABLE tenant (
    tenant_id  id16    NOT NULL,
    name       txt     NOT NULL,
    zone       txt     NOT NULL,
    currency   txt     NOT NULL,
    cutoff_min i64     NOT NULL,
    sample     flag    NOT NULL,
    created_at instant NOT NULL,
    PRIMARY KEY (tenant_id)
);

CREATE TABLE org_node (
    tenant_id  id16    NOT NULL,
    id         id16    NOT NULL,
    parent_id  id16,
    kind       i64     NOT NULL,
    code       txt     NOT NULL,
    name       txt     NOT NULL,
    created_at instant NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX org_node_code ON org_node (tenant_id, code);

CREATE TABLE staff (
    tenant_id  id16    NOT NULL,
    id         id16    NOT NULL,
    name       txt     NOT NULL,
    active     flag    NOT NULL,
    created_at instant NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

-- How a staff member signs in. password is argon2id's self-describing text.
CREATE TABLE login (
    tenant_id    id16    NOT NULL,
    login        txt     NOT NULL,
    staff_id     id16    NOT NULL,
    password     txt     NOT NULL,
    must_change  flag    NOT NULL,
    failures     i64     NOT NULL,
    locked_until instant NOT NULL,
    PRIMARY KEY (tenant_id, login)
);

CREATE TABLE role (
    tenant_id id16 NOT NULL,
    id        id16 NOT NULL,
    code      txt  NOT NULL,
    name_zh   txt  NOT NULL,
    name_en   txt  NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX role_code ON role (tenant_id, code);

CREATE TABLE role_permission (
    tenant_id  id16 NOT NULL,
    role_id    id16 NOT NULL,
    permission txt  NOT NULL,
    PRIMARY KEY (tenant_id, role_id, permission)
);

-- A post: this role at this node, and below it.
CREATE TABLE staff_post (
    tenant_id id16 NOT NULL,
    staff_id  id16 NOT NULL,
    node_id   id16 NOT NULL,
    role_id   id16 NOT NULL,
    PRIMARY KEY (tenant_id, staff_id, node_id, role_id)
);

-- token_hash is SHA-256 of 256 random bits: the token itself is kept nowhere.
CREATE TABLE session (
    tenant_id  id16    NOT NULL,
    token_hash bin     NOT NULL,
    staff_id   id16    NOT NULL,
    created_at instant NOT NULL,
    expires_at instant NOT NULL,
    PRIMARY KEY (tenant_id, token_hash)
);

CREATE TABLE api_key (
    tenant_id   id16    NOT NULL,
    id          id16    NOT NULL,
    hash        bin     NOT NULL,
    label       txt     NOT NULL,
    source_id   id16,
    permissions txt     NOT NULL,
    created_at  instant NOT NULL,
    revoked_at  instant,
    PRIMARY KEY (tenant_id, id)
);
