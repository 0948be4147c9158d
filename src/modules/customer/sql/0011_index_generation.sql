-- Under which generation of the tenant's index key a row stands: while the key is rotated, under two.
ALTER TABLE identity_index ADD COLUMN generation i64 NOT NULL DEFAULT 1;
ALTER TABLE suppression ADD COLUMN generation i64 NOT NULL DEFAULT 1;
