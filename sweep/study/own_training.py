"""Which keys of a study go together where the user trains by a function of his own: `fit` or `trial`."""

from typing import TYPE_CHECKING, Any, get_args

from sweep.errors import nearest
from sweep.study.parts import Framework
from sweep.study.train import Train

if TYPE_CHECKING:
    from sweep.study.study import Study

FRAMEWORKS: tuple[str, ...] = get_args(Framework)
# Of `train`: what run.should_stop follows, what the model is built in, whether it is kept, which output is scored.
BESIDE_FIT = ("early_stopping", "precision", "save", "output")


def check_preload(preload: Any) -> None:
    """Refuse what is no framework that can be seeded.

    Raises:
        ValueError: with what was expected and what was received.
    """
    for name in preload if isinstance(preload, list) else ():
        if name not in FRAMEWORKS:
            raise ValueError(f"frameworks ({', '.join(FRAMEWORKS)}). Received: {name}.{nearest(str(name), FRAMEWORKS)}")


def check_own_training(study: "Study") -> None:
    """Raise ValueError unless one function makes the scores, and nothing beside it would be without effect.

    A pydantic validator calls this, hence the ValueError; its text continues "expected ...".
    """
    if study.model is None and study.trial is None:
        raise ValueError(
            "the key 'model' (a Keras model), or 'trial' (a function that trains and scores). Received: none"
        )
    if study.trial is None:
        if study.fit is not None:
            _beside_fit(study.train)
        return
    other = [key for key in ("model", "fit", "measure", "backend") if getattr(study, key) is not None]
    if study.train != Train():
        other.append("train")
    if other:
        raise ValueError(
            f"'trial' without {' and '.join(other)}: {study.trial.use} trains and scores by itself. Received both. "
            "Give it settings as its own keywords"
        )


def check_gpu_memory(study: "Study") -> None:
    """Raise ValueError where a size of GPU memory is asked for and the framework knows shares alone."""
    if study.resources.gpu_memory is not None and "jax" in (study.backend, *study.preload):
        raise ValueError(
            "resources without gpu_memory for JAX, which knows shares of a GPU alone. Received: "
            f"{study.resources.gpu_memory}. With `gpu: 0.25` a trial takes a quarter"
        )


def train_settings(study: "Study") -> dict[str, Any]:
    """Return the settings of `train` that decide a trial's bits, as JSON; of the user's own training few or none."""
    if study.trial is not None:
        return {}
    said = study.train.said()
    return said if study.fit is None else {name: said[name] for name in BESIDE_FIT if said.get(name) is not None}


def _beside_fit(train: Train) -> None:
    """Refuse settings of Keras's own fit, which would change nothing."""
    usual = Train()
    set_too = [name for name in Train.model_fields if getattr(train, name) != getattr(usual, name)]
    if idle := [f"train.{name}" for name in set_too if name not in BESIDE_FIT]:
        raise ValueError(
            f"of train only {', '.join(BESIDE_FIT)} beside 'fit'. Received: {', '.join(idle)}, which your own function "
            "replaces. Give it as a keyword of fit"
        )
