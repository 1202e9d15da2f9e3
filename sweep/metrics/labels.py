"""Which words in a score file mean genuine, impostor or attack, and which column holds what."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from sweep.errors import InputError, nearest

GENUINE = frozenset(
    {
        "1", "+1", "1.0", "genuine", "target", "true", "positive", "pos", "client", "mated", "match", "same",
        "bonafide", "bona-fide", "yes", "t",
    }
)  # fmt: skip
IMPOSTOR = frozenset(
    {
        "-1", "0", "-1.0", "0.0", "impostor", "imposter", "nontarget", "non-target", "false", "negative", "neg",
        "nonmated", "non-mated", "non-match", "different", "zero-effort", "no", "f",
    }
)  # fmt: skip
ATTACK = frozenset({"spoof", "attack", "presentation-attack", "fake"})

# What a column is for, and the names it goes by, the most telling first.
COLUMNS = {
    "score": ("score", "scores", "similarity", "llr", "distance"),
    "label": ("label", "labels", "key", "is_genuine", "is_bonafide", "target", "class", "test_label"),
    "subject": ("subject", "subject_id", "bio_ref_subject_id", "claimed_id", "speaker", "speaker_id", "identity"),
    "other": ("probe_subject_id", "real_id", "other_subject", "impostor_subject"),
    "video": ("video", "video_id", "session", "session_id"),
    "attack": ("attack_type", "probe_attack_type", "attack"),
    "split": ("split", "set", "group"),
    "trial": ("trial_id",),
}


def classes(words: NDArray[np.object_]) -> NDArray[np.str_]:
    """Return "g", "i" or "a" for each label: genuine, impostor or attack; (n,) words in, (n,) letters out.

    Raises InputError that lists the unknown labels.
    """
    import pandas as pd

    place, distinct = pd.factorize(words, sort=True)
    letters, unknown = [], []
    for word in distinct:
        plain = word.strip().lower().replace(" ", "-").replace("_", "-")
        letter = next((x for x, known in (("g", GENUINE), ("i", IMPOSTOR), ("a", ATTACK)) if plain in known), "")
        letters.append(letter)
        if not letter:
            unknown.append(word)
    if unknown:
        listed = ", ".join(repr(str(word)) for word in unknown[:8]) + (" ..." if len(unknown) > 8 else "")
        raise InputError(
            "Expected labels: 1 and -1, 1 and 0, genuine and impostor, target and nontarget, bonafide and spoof. "
            f"Received: {listed}.{nearest(str(unknown[0]).lower(), GENUINE | IMPOSTOR | ATTACK)} "
            "Rename the labels, or check that this column holds them."
        )
    return np.array(letters)[place]


def find_columns(names: Iterable[str], chosen: dict[str, str]) -> dict[str, str]:
    """Return what each column is for -> its name, of the columns that the file has; the user's choice goes first.

    Raises InputError when a chosen column is missing or a purpose is unknown.
    """
    present = list(names)
    lower = {name.strip().lower(): name for name in reversed(present)}
    for purpose, name in chosen.items():
        if purpose not in COLUMNS:
            raise InputError(
                f"Expected a purpose of {', '.join(COLUMNS)}. Received: '{purpose}'.{nearest(purpose, COLUMNS)}"
            )
        if name not in present:
            raise InputError(
                f"Expected a column '{name}' for the {purpose}. Received: {', '.join(present)}.{nearest(name, present)}"
            )
    found = {purpose: next((lower[n] for n in known if n in lower), "") for purpose, known in COLUMNS.items()}
    return {purpose: name for purpose, name in (found | chosen).items() if name}
