"""The digests that a trial keeps: of each epoch, by layer, small and cheap."""

import itertools
import json

import pytest

from sweep.trial import weights

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
    from sweep.store import store

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
