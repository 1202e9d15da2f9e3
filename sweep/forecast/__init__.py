"""What a study will cost, and what is wrong with it, before it is run."""
