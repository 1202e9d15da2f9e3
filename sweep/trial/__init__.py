"""One trial: data, a fresh model, training, scores; and the first look at a model before any trial."""
