-- What a job was made of when it was initialized last: a digest of its command, links and input data.
ALTER TABLE job ADD COLUMN input_hash BLOB;
