-- 1 while a client creates the workflow by several requests, else NULL.
ALTER TABLE workflow ADD COLUMN is_draft INTEGER;
CREATE INDEX workflow_draft ON workflow (timestamp) WHERE is_draft;
