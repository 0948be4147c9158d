-- A second factor per person: the secret is sealed, recovery codes are hashed and each holds once. Confirmed when the
-- first code was right; last_step is the last one used: a code is taken once.
CREATE TABLE second_factor (
    tenant_id    id16    NOT NULL,
    staff_id     id16    NOT NULL,
    secret       bin     NOT NULL,
    confirmed_at instant,
    last_step    i64     NOT NULL,
    PRIMARY KEY (tenant_id, staff_id)
);
CREATE TABLE recovery_code (
    tenant_id id16 NOT NULL,
    staff_id  id16 NOT NULL,
    hash      bin  NOT NULL,
    used_at   instant,
    PRIMARY KEY (tenant_id, staff_id, hash)
);
-- Guesses at logins that nobody has count and lock like those of others. The login stands as a keyed hash: people type
-- passwords into the wrong field.
CREATE TABLE login_guess (
    tenant_id    id16    NOT NULL,
    hash         bin     NOT NULL,
    failures     i64     NOT NULL,
    locked_until instant NOT NULL,
    at           instant NOT NULL,
    PRIMARY KEY (tenant_id, hash)
);
ALTER TABLE session ADD COLUMN ip txt;
-- Demanded of everybody with the role.
ALTER TABLE role ADD COLUMN second_factor i64;
