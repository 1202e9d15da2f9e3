"""What a study says: its file, its plan, the functions that it names, and the ids that follow from them."""
