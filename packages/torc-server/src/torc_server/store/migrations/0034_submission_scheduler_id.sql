-- An id that a batch system gave to one submission is refused for another one.
CREATE INDEX submission_scheduler_id ON submission (scheduler_id) WHERE scheduler_id IS NOT NULL;
