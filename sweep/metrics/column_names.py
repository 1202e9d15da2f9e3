"""Which column of a score file holds what, by its name or by the user's word."""

from collections.abc import Mapping, Sequence

from sweep.errors import InputError, nearest

# What a column is for, and the names it goes by, the most telling first.
COLUMNS = {
    "score": ("score", "scores", "similarity", "llr", "cosine", "cosine_score", "y_score", "cm_score", "distance"),
    "label": (
        "label", "labels", "key", "is_genuine", "is_bonafide", "is_target", "ground_truth", "y_true", "genuine",
        "target", "class", "test_label",
    ),
    "subject": ("subject", "subject_id", "bio_ref_subject_id", "claimed_id", "speaker", "speaker_id", "identity"),
    "other": ("probe_subject_id", "real_id", "other_subject", "impostor_subject"),
    "video": ("video", "video_id", "session", "session_id"),
    "attack": ("attack_type", "probe_attack_type", "attack"),
    "split": ("split", "set", "group"),
    "trial": ("trial_id",),
    "group": (),  # of people: only where somebody asks for it, as a column of that name may be the split
}  # fmt: skip


def find_columns(names: Sequence[str]) -> dict[str, int]:
    """Return what each column is for -> its place, of the columns whose names are known.

    Raises InputError where two columns have the same known name.
    """
    plain = ["_".join(name.strip().lower().replace("-", " ").replace("_", " ").split()) for name in names]
    found = {}
    for purpose, known in COLUMNS.items():
        name = next((word for word in known if word in plain), None)
        if name is None:
            continue
        if plain.count(name) > 1:
            places = [k + 1 for k, word in enumerate(plain) if word == name]
            raise InputError(
                f"Expected one column '{name}'. Received: columns {places[0]} and {places[1]} of that name. "
                f"Say which, as in --column {purpose}={places[0]}."
            )
        found[purpose] = plain.index(name)
    return found


def chosen_columns(chosen: Mapping[str, str], names: Sequence[str] | None, width: int) -> dict[str, int]:
    """Return purpose -> place (from 0) of the columns that the user named, by name or by number from 1.

    names: of the columns, or None without a header. Raises InputError when a purpose or a column is unknown.
    """
    places = {}
    for purpose, wanted in chosen.items():
        if purpose not in COLUMNS:
            raise InputError(
                f"Expected a purpose of {', '.join(COLUMNS)}. Received: '{purpose}'.{nearest(purpose, COLUMNS)}"
            )
        present = list(names or ())
        if wanted in present:
            places[purpose] = present.index(wanted)
        elif wanted.isascii() and wanted.isdigit() and len(wanted) < 7 and 1 <= int(wanted) <= width:
            places[purpose] = int(wanted) - 1
        else:
            there = listed(present) if present else f"no header; columns 1 to {width}"
            raise InputError(
                f"Expected a column '{wanted}' for the {purpose}. Received: {there}.{nearest(wanted, present)}"
            )
    return places


def listed(names: Sequence[str]) -> str:
    """Return the names of the columns for a message, the first ten of them."""
    return ", ".join(name[:40] for name in names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
