-- Whether the file may be absent after the jobs that read it have completed; NULL: no.
ALTER TABLE file ADD COLUMN temp INTEGER;
