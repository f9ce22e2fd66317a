-- By which a runner recognizes that another on its host, or before the last boot, is dead; NULL: nobody can tell.
ALTER TABLE compute_node ADD COLUMN host_identity TEXT;
