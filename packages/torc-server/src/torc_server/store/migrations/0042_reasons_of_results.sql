-- Why the attempt did not succeed, as its runner reported it; NULL if it is not known.
ALTER TABLE result ADD COLUMN reason TEXT;
