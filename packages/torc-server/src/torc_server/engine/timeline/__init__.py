"""What ran when: the attempts of jobs as rectangles in lanes, and how busy the compute nodes were."""
