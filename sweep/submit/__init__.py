"""A study to a cluster: packed, sent, followed and fetched, or rendered for Kubernetes and Slurm.

`clusters/` holds a file for each kind of cluster. Ray is imported on the person's machine by `ray_jobs.py` alone, and
on the cluster's head by `job.py` and `first_node.py`.
"""
