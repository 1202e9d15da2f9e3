"""Why do runs differ? Stored trials run again, a training watched, the variance shared out among its sources."""
