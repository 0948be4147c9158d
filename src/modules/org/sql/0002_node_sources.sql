-- Which imports made a node or named it since. Taking an import back removes the nodes that it alone brought and that
-- nothing else names. A node without a row was made by hand, or is named by too many to tell: it stays.
CREATE TABLE org_node_source (
    tenant_id id16 NOT NULL,
    node_id   id16 NOT NULL,
    source    txt  NOT NULL,
    PRIMARY KEY (tenant_id, node_id, source)
) WITHOUT ROWID;
CREATE INDEX org_node_source_source ON org_node_source (tenant_id, source);
