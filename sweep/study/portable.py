"""What `determinism: portable` asks of a study: bits that travel are known of Keras on one thread of an x86-64 CPU."""

from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

if TYPE_CHECKING:
    from sweep.study.study import Study

PORTABLE = "portable"


def determinism_of(said: Any) -> Any:
    """Return on and off as they are read everywhere, and "portable" as it stands; ValueError for anything else."""
    if said == PORTABLE:
        return said
    try:
        return TypeAdapter(bool).validate_python(said)
    except ValidationError:
        raise ValueError(f"on, off or portable. Received: {said!r}") from None


def check_portable(study: "Study") -> None:
    """Raise ValueError where a study asks for bits that travel, and for what is not known to give them.

    A pydantic validator calls this, hence the ValueError; its text continues "expected ...".
    """
    changing = [name for name, changes in study.arms.items() if "determinism" in changes]
    if changing and PORTABLE in (study.determinism, *(study.arms[name]["determinism"] for name in changing)):
        raise ValueError(
            "`determinism: portable` for a whole study, as its processes start with it. Received: the arm "
            f"{changing[0]}, which sets determinism. Make two studies"
        )
    if study.determinism != PORTABLE:
        return
    train, resources = study.train, study.resources
    in_the_way = {
        f"gpu: {resources.gpu:g}, and a GPU sums otherwise": resources.gpu > 0,
        f"threads: {resources.threads}, and their number changes bits": resources.threads > 1,
        "backend: jax, which was not compared over processors": study.keras_backend != "tensorflow",
        "trial, your own function, whose operations nobody sees": study.trial is not None,
        "preload, a framework that was not compared over processors": bool(study.preload),
        f"precision: {train.precision}, of which float32 alone was compared": train.precision not in (None, "float32"),
        "jit_compile: on, and XLA makes other programs for each processor": train.jit_compile is True,
        "seeded: off, so that no trial repeats anywhere": not study.seeded,
        "fit, your own training, whose operations nobody sees before it. `portable: warn` lets it run": (
            study.fit is not None and study.portable == "refuse"
        ),
    }
    if found := [text for text, there in in_the_way.items() if there]:
        raise ValueError(f"`determinism: portable` with Keras's fit in float32 on one thread. Received: {found[0]}")
