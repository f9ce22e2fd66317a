"""What jobs and nodes used over time: the files that runners keep of it, and plots of them."""
