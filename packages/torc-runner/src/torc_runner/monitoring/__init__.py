"""What jobs and the node use: sampled where the workflow asks for it, told with the results, kept in a file."""
