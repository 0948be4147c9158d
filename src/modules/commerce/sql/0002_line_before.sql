-- What a line said before a later file changed it: for taking that file back. The newest change of a line has the
-- greatest number.
CREATE TABLE order_line_before (
    tenant_id      id16 NOT NULL,
    number         i64  NOT NULL,
    source         txt  NOT NULL,
    order_id       id16 NOT NULL,
    fingerprint    bin  NOT NULL,
    occurrence     i64  NOT NULL,
    sku            txt  NOT NULL,
    name           txt  NOT NULL,
    quantity_milli i64  NOT NULL,
    price_e4       i64  NOT NULL,
    amount_minor   i64  NOT NULL,
    amount_given   flag NOT NULL,
    PRIMARY KEY (tenant_id, number)
);
CREATE INDEX order_line_before_source ON order_line_before (tenant_id, source, number);
CREATE INDEX order_line_before_line ON order_line_before (tenant_id, order_id, fingerprint, occurrence, number);
CREATE INDEX sales_order_node ON sales_order (tenant_id, node_id, paid_at);
