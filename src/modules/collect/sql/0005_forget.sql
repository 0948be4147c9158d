-- Who is being forgotten: sealed, what a person was known by, until everything that lies sealed under the tenant's key
-- (held and refused events, refused rows and files of imports) has been looked through for it.
CREATE TABLE forget_ticket (
    tenant_id id16    NOT NULL,
    number    i64     NOT NULL,
    at        instant NOT NULL,
    sealed    bin     NOT NULL,
    PRIMARY KEY (tenant_id, number)
) WITHOUT ROWID;
CREATE INDEX held_event_number ON held_event (tenant_id, number);
