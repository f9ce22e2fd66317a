-- When the node ends, as its runner or its allocation knows; NULL: it has no end.
ALTER TABLE compute_node ADD COLUMN end_time TEXT;
