-- Only pending jobs have a claimant. Canceling and resetting a workflow kept it in older versions.
UPDATE job SET claimed_by_node_id = NULL WHERE claimed_by_node_id IS NOT NULL AND status <> 3;
