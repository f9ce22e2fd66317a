-- The labels of a job are a set now, the JSON text of a sorted list; NULL: none. A comma in a label was a separator.
ALTER TABLE job ADD COLUMN labels TEXT;
UPDATE job SET labels = NULLIF((
    SELECT json_group_array(label) FROM (
        SELECT DISTINCT trim(value) AS label FROM json_each('[' || replace(json_quote(job.label), ',', '","') || ']')
        WHERE trim(value) <> '' ORDER BY label
    )
), '[]')
WHERE label IS NOT NULL;
UPDATE compute_node SET labels = NULLIF((
    SELECT json_group_array(label) FROM (
        SELECT DISTINCT trim(part.value) AS label FROM json_each(compute_node.labels) AS listed,
            json_each('[' || replace(json_quote(listed.value), ',', '","') || ']') AS part
        WHERE trim(part.value) <> '' ORDER BY label
    )
), '[]')
WHERE labels IS NOT NULL;
-- Nodes with labels run jobs without labels only if their runner says so. Those that are registered did.
ALTER TABLE compute_node ADD COLUMN also_unlabeled INTEGER;
UPDATE compute_node SET also_unlabeled = 1 WHERE labels IS NOT NULL;
DROP INDEX job_ready;
DROP INDEX job_ready_in_order;
DROP INDEX job_ready_by_label;
ALTER TABLE job DROP COLUMN label;
-- Claims find the jobs of each set of labels for themselves, also those of the empty set.
CREATE INDEX job_ready ON job (
    workflow_id, labels, priority DESC, needs_gpus DESC, needs_runtime_seconds DESC, needs_memory_bytes DESC,
    needs_cpus DESC, needs_nodes DESC, scheduler_id, id, resource_requirements_id
) WHERE status = 2;
CREATE INDEX job_ready_in_order ON job (workflow_id, labels, priority DESC, id) WHERE status = 2;
