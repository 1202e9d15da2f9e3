"""What is said aloud of a model with several outputs: which is the score, which are trained, and by which losses."""

from typing import Any

from sweep.checks import Finding
from sweep.trial.losses import loss_name
from sweep.trial.model_outputs import ModelOutputs


def outputs_findings(outputs: ModelOutputs, losses: Any) -> list[Finding]:
    """Return a caution for each thing that the study does not say of a model's outputs; none for one array.

    losses: `sweep.trial.output_losses.OutputLosses`; None where a function of the user's trains.
    """
    if not outputs.several:
        return []
    names = list(outputs.shapes)
    found = []
    if not outputs.said:
        other = next(name for name in names if name != outputs.scored)
        found.append(
            Finding(
                "first_output_scored",
                "note",
                f"The first of {len(names)} outputs ({', '.join(names)}) is the score.",
                f"`train: {{output: {other}}}` takes another.",
            )
        )
    if losses is None:
        return found
    if idle := [name for name in names if name not in losses.losses]:
        found.append(
            Finding(
                "outputs_not_trained",
                "note",
                f"Of {len(names)} outputs only {', '.join(losses.losses)} {_is(losses.losses)} trained; "
                f"{', '.join(idle)} {'has' if len(idle) == 1 else 'have'} no labels or no loss.",
                "To train them, let the data function return y as a mapping output -> labels.",
            )
        )
    if losses.guessed:
        told = ", ".join(f"{name} {loss_name(losses.losses[name])}" for name in losses.guessed)
        found.append(
            Finding(
                "losses_of_outputs",
                "note",
                f"The labels decide the loss of outputs that are not scored: {told}.",
                "`train: {loss: {output: ...}}` names others, and `train.loss_weights` what each counts.",
            )
        )
    return found


def _is(several: Any) -> str:
    return "is" if len(several) == 1 else "are"
