-- Who brought whom, as each source said. What stands of several: the word of somebody by hand, else the first one said.
CREATE TABLE customer_referral (
    tenant_id   id16    NOT NULL,
    customer_id id16    NOT NULL,
    source      txt     NOT NULL,
    referrer_id id16    NOT NULL,
    number      i64     NOT NULL,
    at          instant NOT NULL,
    PRIMARY KEY (tenant_id, customer_id, source)
) WITHOUT ROWID;
CREATE INDEX customer_referral_source ON customer_referral (tenant_id, source, customer_id);
CREATE INDEX customer_referral_referrer ON customer_referral (tenant_id, referrer_id, customer_id);
