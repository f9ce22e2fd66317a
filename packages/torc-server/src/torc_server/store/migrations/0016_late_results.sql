-- The node whose lease expired while it held the job. Until another node claims the next attempt, the success of the
-- attempt before is accepted from this node.
ALTER TABLE job ADD COLUMN lost_by_node_id INTEGER;
