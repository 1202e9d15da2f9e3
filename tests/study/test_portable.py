"""`determinism: portable` in the study file: what it goes with, and what it means for ids and processes."""

from typing import Any

import pytest
from pydantic import ValidationError

from sweep.study.plan import configurations
from sweep.study.study import Study
from sweep.trial import backends, portable

GIVEN: dict[str, Any] = {
    "study": "faces",
    "data": {"use": "sweep.data:synthetic_vectors"},
    "model": {"use": "sweep.models:dense_net"},
}


def study(**changes: Any) -> Study:
    """Return a study that asks for bits that travel, with some keys changed."""
    return Study.model_validate(GIVEN | {"determinism": "portable"} | changes)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"resources": {"gpu": 1}}, "gpu: 1, and a GPU sums otherwise"),
        ({"resources": {"threads": 2}}, "threads: 2, and their number changes bits"),
        ({"backend": "jax"}, "backend: jax, which was not compared"),
        ({"train": {"precision": "mixed_float16"}}, "precision: mixed_float16, of which float32 alone"),
        ({"train": {"precision": "float64"}}, "precision: float64, of which float32 alone"),
        ({"train": {"jit_compile": True}}, "jit_compile: on, and XLA makes other programs"),
        ({"seeded": False}, "seeded: off, so that no trial repeats"),
        ({"fit": {"use": "mine:fit"}}, "fit, your own training, whose operations nobody sees"),
        ({"trial": {"use": "mine:trial"}, "model": None}, "trial, your own function"),
        ({"arms": {"a": {"determinism": True}, "b": {}}}, "the arm a, which sets determinism"),
    ],
)
def test_what_is_not_known_to_travel_is_refused_with_its_reason(changes: Any, reason: str) -> None:
    """One thread of a CPU in float32, by Keras's own fit; all else is named."""
    with pytest.raises(ValidationError) as refused:
        study(**changes)
    assert reason in str(refused.value)


def test_an_arm_cannot_ask_for_it_alone() -> None:
    """A process starts with what it needs, and one process may serve several arms."""
    arms = {"a": {"determinism": "portable"}, "b": {}}
    with pytest.raises(ValidationError, match="Make two studies"):
        Study.model_validate(GIVEN | {"arms": arms})


def test_an_own_fit_runs_where_the_study_says_warn() -> None:
    """Whoever vouches for his own training may."""
    assert study(fit={"use": "mine:fit"}, portable="warn").is_portable


def test_portable_trials_have_ids_of_their_own_and_what_is_said_of_operations_counts_for_nothing() -> None:
    """Studies without it keep the ids that they had; `portable: warn` changes no bits."""
    ids = {
        name: configurations(one)[0].config_id
        for name, one in {
            "none": Study.model_validate(GIVEN),
            "on": Study.model_validate(GIVEN | {"determinism": True}),
            "warn alone": Study.model_validate(GIVEN | {"portable": "warn"}),
            "portable": study(),
            "portable, warn": study(portable="warn"),
        }.items()
    }
    assert ids["none"] == ids["on"] == ids["warn alone"]
    assert ids["portable"] == ids["portable, warn"] != ids["on"]


def test_its_processes_start_with_the_capped_instructions() -> None:
    """The variables stand before a library is loaded; other studies have none of them."""
    assert backends.variables(study()).items() >= portable.VARIABLES.items()
    assert not backends.variables(Study.model_validate(GIVEN)).keys() & portable.VARIABLES.keys()


def test_another_kind_of_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """ARM, a processor without AVX2, a NumPy that calls the instructions otherwise."""
    from sweep.errors import InputError
    from sweep.trial.portable import instructions

    generation = "family 6, model 60: sse4_2 avx f16c fma avx2"
    monkeypatch.setattr(instructions, "processor_generation", lambda: generation)
    instructions.check_processor()
    with monkeypatch.context() as there:
        there.setattr(instructions.platform, "machine", lambda: "aarch64")
        with pytest.raises(InputError, match="Received: linux on aarch64"):
            backends.check(study())
    with monkeypatch.context() as there:
        there.setattr(instructions, "processor_generation", lambda: "family 6, model 42: sse4_2 avx")
        with pytest.raises(InputError, match="Received: one with sse4_2, avx"):
            backends.check(study())
    monkeypatch.setattr(instructions, "version", lambda name: "2.3.1")
    with pytest.raises(InputError, match=r"NumPy 2.4 or later.*Received: 2.3.1"):
        backends.check(study())
