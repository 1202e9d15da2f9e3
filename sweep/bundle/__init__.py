"""A study's results as one archive for others, and its trials run again from such an archive."""
