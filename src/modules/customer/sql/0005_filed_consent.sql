-- What an import said of consent is taken back with it. How often that happened tells readers that follow the ledger by
-- number to read it anew.
CREATE INDEX consent_line_source ON consent_line (tenant_id, source, number);
CREATE TABLE consent_taken_back (
    tenant_id id16    NOT NULL,
    number    i64     NOT NULL,
    source    txt     NOT NULL,
    lines     i64     NOT NULL,
    at        instant NOT NULL,
    PRIMARY KEY (tenant_id, number)
) WITHOUT ROWID;
