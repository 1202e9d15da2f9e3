"""This process and this machine: fresh processes, seeds, environment, scratch files, the caller's state."""
