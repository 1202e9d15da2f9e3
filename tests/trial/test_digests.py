"""The digests that a trial keeps: of each epoch, by layer, small and cheap."""

import itertools
import json

import pytest

from sweep import process, weights

pytestmark = pytest.mark.tensorflow


def test_each_epoch_has_the_digest_of_its_weights_by_layer(run_one):
    """The kept epoch's digest is that of the final weights, and every layer's digest stands in the layers' order."""
    record, _ = run_one(0, train={"epochs": 3})
    row, epochs = record.trial, record.epochs
    layers = json.loads(row["init_layers"])
    assert list(layers) == list(json.loads(row["layer_sizes"])) == ["sequential/dense", "sequential/dense_1"]
    assert json.loads(row["layer_sizes"])["sequential/dense"] == 6 * 8 + 8
    assert epochs[row["kept_epoch"]]["weights_sha256"] == row["final_sha256"]
    every = [layers, *(weights.apart(epoch["layers_sha256"], layers) for epoch in epochs)]
    assert all(a[name] != b[name] for a, b in itertools.pairwise(every) for name in layers)
    assert len({epoch["order_sha256"] for epoch in epochs}) == 3


def test_digests_are_columns_of_text_beside_the_numbers(run_one, tmp_path):
    """Compacted and loaded, the digests of an epoch are words and its loss a number."""
    from sweep import store

    record, _ = run_one(0)
    (folder,) = {path.parent.parent for path in tmp_path.glob("*/parts/*.parquet")}
    store.write_study(
        folder, {"study": "one", "task": "", "schema_version": 1, "plan": [], "configurations": {}, "resolved": {}}
    )
    store.compact(folder)
    found = store.load(folder)
    assert found.epochs["weights_sha256"].tolist() == [epoch["weights_sha256"] for epoch in record.epochs]
    assert found.epochs["loss"].dtype == float
    assert found.trials["init_layers"].tolist() == [record.trial["init_layers"]]


def seconds_of_digests(_):
    """Return the seconds that one digest by layer takes of the full-width net with 2.8 million weights."""
    import time

    from sweep.models import small_xception

    model = small_xception((32, 32, 3), 2)
    weights.by_layer(model)
    begin = time.perf_counter()
    for _ in range(5):
        weights.by_layer(model)
    return (time.perf_counter() - begin) / 5, model.count_params()


def test_a_digest_costs_little():
    """2.7 million weights, whose epoch takes many seconds, are hashed in well below a fifth of a second."""
    process.warm_up("sweep.preload")
    seconds, n_weights = process.call(seconds_of_digests, None).value
    assert n_weights > 2_500_000
    assert seconds < 0.2
