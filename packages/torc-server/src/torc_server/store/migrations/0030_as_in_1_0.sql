-- A workflow without this setting has NULL, no longer 180. SQLite cannot change a column, so it is made again.
ALTER TABLE workflow ADD COLUMN expiration_buffer INTEGER;
UPDATE workflow SET expiration_buffer = compute_node_expiration_buffer_seconds;
ALTER TABLE workflow DROP COLUMN compute_node_expiration_buffer_seconds;
ALTER TABLE workflow RENAME COLUMN expiration_buffer TO compute_node_expiration_buffer_seconds;

UPDATE slurm_scheduler SET serialize_allocations = 0 WHERE serialize_allocations IS NULL;

-- Entities of one id are looked up. The index is not unique: databases of earlier versions can have several.
CREATE INDEX ro_crate_entity_id ON ro_crate_entity (workflow_id, entity_id);
