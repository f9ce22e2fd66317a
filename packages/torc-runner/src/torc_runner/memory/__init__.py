"""What happens to jobs that take more memory than they may, and how it is found out whom the kernel ended for it."""
