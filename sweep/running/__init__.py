"""Running a plan on Ray: slots, what nodes lack, records on their way home, progress."""
