-- Who sold, as the source names him, and which source said so first; staff_id is whom that came to.
ALTER TABLE sales_order ADD COLUMN guide_code txt;
ALTER TABLE sales_order ADD COLUMN guide_source txt;

-- How an order was paid. One set per source, so that taking a file back brings the older one into force; the set with
-- the greatest number stands. No amount: the whole order was paid so.
CREATE TABLE order_tender (
    tenant_id    id16 NOT NULL,
    order_id     id16 NOT NULL,
    source       txt  NOT NULL,
    position     i64  NOT NULL,
    number       i64  NOT NULL,
    method       txt  NOT NULL,
    amount_minor i64,
    PRIMARY KEY (tenant_id, order_id, source, position)
);
CREATE INDEX order_tender_source ON order_tender (tenant_id, source, order_id);
