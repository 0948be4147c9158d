-- Orders and their lines. A line is known by the fingerprint of the source's line and its occurrence in the file, so
-- that a second reading of the same file changes nothing and equal lines still count one by one.
CREATE TABLE sales_order (
    tenant_id   id16    NOT NULL,
    id          id16    NOT NULL,
    channel     txt     NOT NULL,
    number      txt     NOT NULL,
    kind        i64     NOT NULL,
    paid_at     instant NOT NULL,
    currency    txt     NOT NULL,
    customer_id id16,
    node_id     id16,
    staff_id    id16,
    lines       i64     NOT NULL,
    net_minor   i64     NOT NULL,
    items_milli i64     NOT NULL,
    source      txt     NOT NULL,
    change_no   i64     NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
-- Tills give a return the number of its sale: the kind is part of the key.
CREATE UNIQUE INDEX sales_order_number ON sales_order (tenant_id, channel, number, kind);
CREATE INDEX sales_order_change ON sales_order (tenant_id, change_no);
CREATE INDEX sales_order_paid ON sales_order (tenant_id, paid_at, id);
CREATE INDEX sales_order_customer ON sales_order (tenant_id, customer_id, paid_at);

CREATE TABLE order_line (
    tenant_id      id16 NOT NULL,
    order_id       id16 NOT NULL,
    fingerprint    bin  NOT NULL,
    occurrence     i64  NOT NULL,
    line_no        i64  NOT NULL,
    sku            txt  NOT NULL,
    name           txt  NOT NULL,
    quantity_milli i64  NOT NULL,
    price_e4       i64  NOT NULL,
    amount_minor   i64  NOT NULL,
    amount_given   flag NOT NULL,
    source         txt  NOT NULL,
    PRIMARY KEY (tenant_id, order_id, fingerprint, occurrence)
);
CREATE INDEX order_line_source ON order_line (tenant_id, source, order_id);

-- What projections must forget: orders that were taken back, by change number.
CREATE TABLE order_removal (
    tenant_id id16    NOT NULL,
    change_no i64     NOT NULL,
    order_id  id16    NOT NULL,
    at        instant NOT NULL,
    PRIMARY KEY (tenant_id, change_no)
);
