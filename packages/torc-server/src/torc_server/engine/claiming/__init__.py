"""Claims of ready jobs by compute nodes, the return of claimed jobs, and the leases of nodes."""
