"""Operations on whole workflows and their jobs: initialize, reset, cancel, delete, status changes, tasks."""
