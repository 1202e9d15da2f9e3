"""The numbers of a study from its store: what counts, its scores as arrays, estimates and comparisons."""
