"""`trial` with `preload: [jax]`: JAX without Keras."""

import json


def test_a_net_of_jax_repeats_to_the_bit(run_one):
    """Weights after every epoch and scores follow the seed, and the record says what they were computed with."""
    study = {"study": "own", "trial": {"use": "jax_nets:jax_net"}, "preload": ["jax"]}
    first, again, other = (run_one(seed, **study) for seed in (0, 0, 1))
    assert first.epochs == again.epochs
    assert first.trial["scores_sha256"] == again.trial["scores_sha256"] != other.trial["scores_sha256"]
    assert len({first.trial["init_sha256"], *(epoch["weights_sha256"] for epoch in first.epochs)}) == 4
    assert json.loads(first.trial["streams"]) == ["init", "order"]
    said = first.environment
    assert said["version.jaxlib"]
    assert (said["preload"], said["not_deterministic"], said["flag.XLA_FLAGS"]) == ("jax", "", "")
    assert "version.keras" not in said
