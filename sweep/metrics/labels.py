"""Which words mean genuine, impostor or attack, in score files and in the names of folders: one list for both."""

import numpy as np
from numpy.typing import NDArray

from sweep.errors import InputError, nearest

GENUINE = frozenset(
    {
        "1", "+1", "1.0", "genuine", "gen", "target", "tar", "true", "positive", "pos", "client", "mated", "match",
        "matched", "same", "authentic", "real", "live", "alive", "bonafide", "bona-fide", "yes", "t",
    }
)  # fmt: skip
IMPOSTOR = frozenset(
    {
        "-1", "0", "-1.0", "0.0", "-0", "impostor", "imposter", "imp", "nontarget", "non-target", "non", "nontar",
        "false", "negative", "neg", "nonmated", "non-mated", "unmated", "nonmatch", "non-match", "mismatch",
        "different", "diff", "zero-effort", "zeroeffort", "zero-effort-impostor", "no", "f",
    }
)  # fmt: skip
ATTACK = frozenset(
    {"spoof", "spoofed", "spoofing", "attack", "presentation-attack", "fake", "replay", "deepfake", "morph"}
)  # fmt: skip
# A cell of a column of attack types that says: this is no attack.
NO_ATTACK = frozenset(
    {
        "", "-", "--", "none", "na", "n/a", "nan", "null", "nil", "no", "no-attack", "bonafide", "bona-fide", "genuine",
        "real", "live", "zero-effort", "zeroeffort", "zero-effort-impostor", "impostor", "imposter", "target",
        "nontarget", "non-target", "<na>", "0", "false",
    }
)  # fmt: skip


def plain(word: object) -> str:
    """Return the word as it stands in the lists: lower case, without quotes and blanks around, "-" for blanks and _."""
    return "-".join(str(word).strip(" \t'\"").lower().replace("_", " ").split())


def letter_of(word: object) -> str:
    """Return "g", "i" or "a" for a label, or "" where the lists do not know it."""
    known = plain(word)
    return next((x for x, words in (("g", GENUINE), ("i", IMPOSTOR), ("a", ATTACK)) if known in words), "")


def classes(words: NDArray[np.object_], genuine: str | None = None) -> NDArray[np.str_]:
    """Return "g", "i" or "a" for each label: genuine, impostor or attack; (n,) words in, (n,) letters out.

    genuine: the label that means genuine, where the words do not say; every other is then an attack if it is a word for
    attacks, else an impostor. Raises InputError that lists the unknown labels, or where no row has that label.
    """
    import pandas as pd

    place, distinct = pd.factorize(words, sort=True)
    if genuine is not None:
        mine = [_same(word, genuine) for word in distinct]
        if not any(mine):
            raise InputError(
                f"Expected rows with the genuine label '{genuine}'. Received: {_listed(distinct)}."
                f"{nearest(genuine, [str(word) for word in distinct])}"
            )
        letters = [
            "g" if ok else "a" if letter_of(word) == "a" else "i" for ok, word in zip(mine, distinct, strict=True)
        ]
    else:
        letters = [letter_of(word) for word in distinct]
        unknown = [str(word) for word, letter in zip(distinct, letters, strict=True) if not letter]
        if unknown:
            first = unknown[0].lower()[:40]
            raise InputError(
                "Expected labels: 1 and -1, 1 and 0, genuine and impostor, target and nontarget, bonafide and spoof. "
                f"Received: {_listed(unknown)}.{nearest(first, GENUINE | IMPOSTOR | ATTACK)} "
                "Say which is genuine, --genuine-label LABEL, or which column holds the labels, --column label=COLUMN."
            )
    return np.array(letters)[place]


def attack_types(cells: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the attack types (n,), an empty string where the cell says that there was no attack."""
    import pandas as pd

    place, distinct = pd.factorize(cells)
    names = np.empty(len(distinct), dtype=object)
    names[:] = ["" if plain(word) in NO_ATTACK else str(word).strip() for word in distinct]
    answer: NDArray[np.object_] = names[place]
    return answer


def _same(word: object, wanted: str) -> bool:
    """Tell whether two labels are the same: the same word, or the same number (1 and 1.0)."""
    if plain(word) == plain(wanted):
        return True
    try:
        return float(str(word)) == float(wanted)
    except ValueError:
        return False


def _listed(words: "list[str] | NDArray[np.object_]") -> str:
    return ", ".join(f"'{str(word)[:40]}'" for word in words[:8]) + (" ..." if len(words) > 8 else "")
