"""Stored trials handed to other trackers: a run a trial, with settings, metrics, epochs and digests."""
