"""Scores and metrics that were made elsewhere, as an ordinary folder of results."""
