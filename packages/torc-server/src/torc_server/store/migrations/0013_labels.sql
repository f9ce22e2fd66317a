-- Only runners that were started with this label take the job; NULL: any runner does.
ALTER TABLE job ADD COLUMN label TEXT;
-- Whether allocations follow each other, one at a time.
ALTER TABLE slurm_scheduler ADD COLUMN serialize_allocations INTEGER;
