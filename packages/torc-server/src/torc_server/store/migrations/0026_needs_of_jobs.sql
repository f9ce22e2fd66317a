-- What a job needs of each of its nodes, from its resource requirements: claims find ready jobs in this order. Triggers
-- keep the columns equal to the requirements.
ALTER TABLE job ADD COLUMN needs_gpus INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN needs_runtime_seconds INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN needs_memory_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN needs_cpus INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN needs_nodes INTEGER NOT NULL DEFAULT 1;
DROP INDEX job_ready;
DROP INDEX job_ready_by_label;
UPDATE job SET needs_gpus = needed.num_gpus, needs_runtime_seconds = needed.runtime_seconds,
    needs_memory_bytes = needed.memory_bytes, needs_cpus = needed.num_cpus, needs_nodes = needed.num_nodes
FROM resource_requirements AS needed WHERE needed.id = job.resource_requirements_id;
CREATE INDEX job_ready ON job (
    workflow_id, priority DESC, needs_gpus DESC, needs_runtime_seconds DESC, needs_memory_bytes DESC, needs_cpus DESC,
    needs_nodes DESC, scheduler_id, id, resource_requirements_id
) WHERE status = 2 AND label IS NULL;
CREATE INDEX job_ready_by_label ON job (
    workflow_id, label, priority DESC, needs_gpus DESC, needs_runtime_seconds DESC, needs_memory_bytes DESC,
    needs_cpus DESC, needs_nodes DESC, scheduler_id, id, resource_requirements_id
) WHERE status = 2 AND label IS NOT NULL;
CREATE TRIGGER job_needs_of_new AFTER INSERT ON job BEGIN
    UPDATE job SET needs_gpus = needed.num_gpus, needs_runtime_seconds = needed.runtime_seconds,
        needs_memory_bytes = needed.memory_bytes, needs_cpus = needed.num_cpus, needs_nodes = needed.num_nodes
    FROM resource_requirements AS needed WHERE job.id = NEW.id AND needed.id = NEW.resource_requirements_id;
END;
CREATE TRIGGER job_needs_of_others AFTER UPDATE OF resource_requirements_id ON job
WHEN OLD.resource_requirements_id IS NOT NEW.resource_requirements_id BEGIN
    UPDATE job SET needs_gpus = needed.num_gpus, needs_runtime_seconds = needed.runtime_seconds,
        needs_memory_bytes = needed.memory_bytes, needs_cpus = needed.num_cpus, needs_nodes = needed.num_nodes
    FROM resource_requirements AS needed WHERE job.id = NEW.id AND needed.id = NEW.resource_requirements_id;
END;
CREATE TRIGGER job_needs_changed
AFTER UPDATE OF num_gpus, runtime_seconds, memory_bytes, num_cpus, num_nodes ON resource_requirements
WHEN (OLD.num_gpus, OLD.runtime_seconds, OLD.memory_bytes, OLD.num_cpus, OLD.num_nodes)
    IS NOT (NEW.num_gpus, NEW.runtime_seconds, NEW.memory_bytes, NEW.num_cpus, NEW.num_nodes)
BEGIN
    UPDATE job SET needs_gpus = NEW.num_gpus, needs_runtime_seconds = NEW.runtime_seconds,
        needs_memory_bytes = NEW.memory_bytes, needs_cpus = NEW.num_cpus, needs_nodes = NEW.num_nodes
    WHERE resource_requirements_id = NEW.id;
END;
