-- When a post was given by hand: within a week it can be withdrawn as a mistake; afterwards it is ended.
ALTER TABLE staff_post ADD COLUMN given_at instant;
-- Posts have a right of their own; roles that could give them keep it.
INSERT INTO role_permission (tenant_id, role_id, permission)
    SELECT tenant_id, role_id, 'post.write' FROM role_permission WHERE permission = 'org.write';
