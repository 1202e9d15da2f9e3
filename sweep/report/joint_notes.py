"""What several intervals have to say, each thing once, with the names of those that it holds for."""

from collections.abc import Sequence

NAMED = 3  # configurations that a sentence names; of more it gives the number


def said_once(notes: Sequence[tuple[str, str]]) -> list[str]:
    """Return a sentence for each part of the notes, in the order of its first mention.

    notes: (name, note), where a note holds its parts with "; " between them, "" for nothing to say. A part that not all
    have starts with the names of those that have it.
    """
    of: dict[str, list[str]] = {}
    everyone = dict.fromkeys(name for name, _ in notes)
    for name, note in notes:
        for part in filter(None, note.split("; ")):
            of.setdefault(part.rstrip("."), []).append(name)
    return [_sentence(part, list(dict.fromkeys(names)), len(everyone)) for part, names in of.items()]


def _sentence(part: str, names: list[str], n_everyone: int) -> str:
    if len(names) == n_everyone:
        return f"{part[0].upper()}{part[1:]}."
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}: {part}."
