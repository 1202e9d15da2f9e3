"""A model made outside the loop: fits before the one that is measured, with nothing reset between them."""

import pytest
from pydantic import ValidationError

from sweep.study.train import Train

pytestmark = pytest.mark.tensorflow
LONG = {"epochs": 3, "learning_rate": 0.05, "keep": "last"}


def _losses(record):
    assert record.trial["status"] == "ok", record.trial["error"]
    return [epoch["loss"] for epoch in record.epochs]


def test_a_carried_model_starts_where_the_last_fit_ended(run_one):
    """The first weights are those of a fresh trial, the measured fit begins with the loss that earlier ones left."""
    fresh, carried, again = (run_one(0, train=LONG | {"carry_over": runs})[0] for runs in (0, 2, 2))
    assert carried.trial["init_sha256"] == fresh.trial["init_sha256"]
    assert carried.trial["final_sha256"] != fresh.trial["final_sha256"]
    assert _losses(carried)[0] < min(_losses(fresh))
    assert len(carried.epochs) == len(fresh.epochs) == 3
    assert again.trial["scores_sha256"] == carried.trial["scores_sha256"]


def test_carry_over_is_named_only_where_it_is_set():
    """A study that carries nothing over has the ids and the columns it always had."""
    from sweep.study.plan import configurations
    from sweep.study.study import Study

    base = {"study": "s", "data": {"use": "a:b"}, "model": {"use": "c:d"}}
    plain, zero, two = (
        configurations(Study.model_validate(base | {"train": train}))[0]
        for train in ({}, {"carry_over": 0}, {"carry_over": 2})
    )
    assert plain.config_id == zero.config_id != two.config_id
    assert "train.carry_over" not in zero.hp
    assert two.hp["train.carry_over"] == 2


def test_a_model_is_not_carried_over_through_phases():
    """The second fit would start where the last phase ended, which is no loop that anybody writes: refused."""
    with pytest.raises(ValidationError, match="carry_over without further phases"):
        Train.model_validate({"carry_over": 1, "then": [{"epochs": 1}]})
