-- The sum of the highest ids of the rows of a draft when it was last looked at, and when this sum was first seen.
ALTER TABLE workflow ADD COLUMN draft_highest_ids INTEGER;
ALTER TABLE workflow ADD COLUMN draft_changed_at TEXT;
