"""Studies that were answered wrongly in silence, where their folder lies beside the repository."""

from pathlib import Path

import pytest

from sweep.errors import InputError
from sweep.forecast.inspection import inspect_study

CASES = Path(__file__).parents[3] / "shared" / "cases"
pytestmark = [
    pytest.mark.tensorflow,
    pytest.mark.skipif(not CASES.is_dir(), reason="the folder of cases is not beside this repository"),
]


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("05-logits-output/study.yaml", "logits_as_probabilities"),
        ("05-logits-output/two.yaml", "logits_as_probabilities"),
        ("06-compiled-model/study.yaml", ""),  # whose optimizer and loss, on logits, are those of the training
        ("07-model-that-cannot-take-the-data/arcface.yaml", "a model of one input"),
        ("07-model-that-cannot-take-the-data/stateful.yaml", "stateful=True"),
        ("07-model-that-cannot-take-the-data/dict.yaml", ""),  # one output with a name: it is the score
        ("19-custom-train-step/study.yaml", "a mapping with 'loss'. Received: my_loss"),
        ("21-loss-and-optimizer-unknown/loss.yaml", "Received: binary_crossentropi."),
        ("21-loss-and-optimizer-unknown/obj.yaml", "Logits are not served"),
        ("21-loss-and-optimizer-unknown/opt.yaml", "Received: adamm."),
        ("21-loss-and-optimizer-unknown/monitor.yaml", "Received: val_auc."),
        ("21-loss-and-optimizer-unknown/momentum.yaml", "an optimizer with momentum"),
        ("21-loss-and-optimizer-unknown/from.yaml", "Received: no_such_layer."),
        ("21-loss-and-optimizer-unknown/wrongloss.yaml", "a loss for one output"),
    ],
)
def test_a_study_that_cannot_run_as_meant_is_told(case: str, expected: str) -> None:
    """A study is refused with its reason, or logits that pass for probabilities are a finding; the others can run."""
    try:
        said = [one.name for one in inspect_study(str(CASES / case)).findings]
    except InputError as error:
        assert expected in str(error)  # noqa: PT017 (the other cases raise nothing)
    else:
        assert said == ([expected] if expected else [])
