"""A study to a cluster: packed, sent, followed and fetched, or rendered for Kubernetes and Slurm.

`ray_jobs.py`, on the person's machine, and `job.py` with `first_node.py`, on the cluster's head, are the only files
here that import Ray.
"""
