-- Two clusters of one server can give the same id to different allocations.
ALTER TABLE submission ADD COLUMN cluster TEXT;
