-- The node that may have started the job as a chained job, with the current attempt number.
ALTER TABLE job ADD COLUMN chained_node_id INTEGER;
