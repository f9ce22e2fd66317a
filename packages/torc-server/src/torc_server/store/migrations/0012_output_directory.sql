-- Where a node's runner keeps what its jobs print, so that it is found from anywhere; NULL: nobody said.
ALTER TABLE compute_node ADD COLUMN output_dir TEXT;
