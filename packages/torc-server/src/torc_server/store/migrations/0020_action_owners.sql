-- The node that carries out the action now and will report its end. NULL: no node does, or its runner only claims.
ALTER TABLE workflow_action ADD COLUMN owner_node_id INTEGER REFERENCES compute_node (id) ON DELETE SET NULL;
CREATE INDEX workflow_action_owner ON workflow_action (owner_node_id) WHERE owner_node_id IS NOT NULL;
