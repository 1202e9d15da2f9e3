"""Which column holds the score, the label and the persons, told from the cells where no name tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sweep.errors import InputError
from sweep.metrics.column_names import chosen_columns, find_columns, listed
from sweep.metrics.labels import NO_ATTACK, letter_of, plain
from sweep.metrics.score_layout import comma_number, is_number

# The columns of the formats without a header. 3col is that of ASVspoof; its first column is "bonafide" or an attack.
PLAIN = {
    "2col": {"label": 0, "score": 1},
    "3col": {"attack": 0, "label": 1, "score": 2},
    "4col": {"subject": 0, "other": 1, "score": 3},
    "5col": {"subject": 0, "other": 2, "score": 4},
}
_DIGIT_LABELS = ({"-1", "0", "1"}, {"1", "2"})


@dataclass(frozen=True)
class Roles:
    """place: purpose -> column from 0. said: how the file was read, for one line, or None where its names say it.

    told_by_label: the persons were taken for such since they are the same exactly where the label is genuine.
    """

    place: dict[str, int]
    said: str | None
    told_by_label: bool = False


def known_roles(form: str, chosen: Mapping[str, str]) -> Roles:
    """Return the columns of a format without header; the user's choice goes first."""
    width = int(form[0])
    return Roles(PLAIN[form] | chosen_columns(chosen, None, width), None)


def find_roles(
    columns: Sequence[Sequence[str]], names: Sequence[str] | None, chosen: Mapping[str, str], genuine: str | None
) -> Roles:
    """Return what each column is for, from the user's choice, the names of the header and a sample of the cells.

    columns: the sampled cells of each column. Raises InputError that names the columns where it cannot be known.
    """
    mine = chosen_columns(chosen, names, len(columns))
    by_name = {} if names is None else find_columns(names)
    place = {purpose: k for purpose, k in by_name.items() if purpose not in mine and k not in mine.values()} | mine
    guessed = names is None
    kinds = [_Kind.of(cells) for cells in columns]
    persons = {"subject", "other"} <= place.keys()
    if names is None and not place and (bob := _bob(columns, kinds)):
        place, persons = bob, True
    if "label" not in place and not persons:
        place["label"] = _label(kinds, place, columns, genuine, names)
        guessed = True
    if "score" not in place:
        place["score"] = _score(kinds, place, columns, names)
        guessed = True
    more = _beside_label(columns, place) if names is None and "label" in place else {}
    return Roles(place | more, _said(place | more, names, len(columns)) if guessed else None, "subject" in more)


def _beside_label(columns: Sequence[Sequence[str]], place: Mapping[str, int]) -> dict[str, int]:
    """Return the columns of attack types and of persons that the labels tell in a file without a header."""
    free = [k for k in range(len(columns)) if k not in place.values()]
    letters = [letter_of(cell) for cell in columns[place["label"]]]
    found = {}
    if "a" in letters and "g" in letters and "attack" not in place:
        for k in free:
            none = [plain(cell) in NO_ATTACK for cell in columns[k]]
            if all(no for no, x in zip(none, letters, strict=True) if x != "a") and not all(none):
                found["attack"] = k
                free.remove(k)
                break
    genuine = [x == "g" for x in letters]
    if any(genuine) and not all(genuine) and not {"subject", "other"} & place.keys():
        pairs = ((a, b) for a in free for b in free if a < b)
        pair = next(((a, b) for a, b in pairs if _equal(columns[a], columns[b]) == genuine), None)
        if pair:
            found["subject"], found["other"] = pair
    return found


def _equal(first: Sequence[str], second: Sequence[str]) -> list[bool]:
    return [a == b for a, b in zip(first, second, strict=True)]


def _said(place: Mapping[str, int], names: Sequence[str] | None, width: int) -> str:
    if names is not None:
        return ", ".join(f"{purpose} from '{names[k][:40]}'" for purpose, k in place.items())
    words = {k: {"subject": "claimed", "other": "real"}.get(purpose, purpose) for purpose, k in place.items()}
    words = {k: "attack type" if word == "attack" else word for k, word in words.items()}
    others = [k for k in range(width) if k not in words]
    spare = {1: ["name"], 2: ["enrol", "test"]}.get(len(others), [f"name {n + 1}" for n in range(len(others))])
    return ", ".join((words | dict(zip(others, spare, strict=True)))[k] for k in range(min(width, 12)))


@dataclass(frozen=True)
class _Kind:
    """What the cells of a column may be. numeric: most are numbers. digits: all are 0, 1, -1 or 2, as labels may be.

    letters: the classes of its labels, where nine of ten are words for labels; empty otherwise.
    """

    numeric: bool
    digits: bool
    letters: frozenset[str]
    whole: bool

    @classmethod
    def of(cls, cells: Sequence[str]) -> "_Kind":
        present = [cell.strip(" '\"") for cell in cells if cell.strip()]
        numbers = [cell for cell in present if is_number(cell) or comma_number(cell)]
        numeric = bool(numbers) and 2 * len(numbers) >= len(present)
        distinct = {_digit(cell) for cell in set(present)}
        digits = bool(distinct) and any(distinct <= known for known in _DIGIT_LABELS)
        letters: frozenset[str] = frozenset()
        if digits:
            letters = frozenset("?" if distinct == {"1", "2"} else "g" if word == "1" else "i" for word in distinct)
        elif not numeric and present:
            known = [letter for cell in present if (letter := letter_of(cell))]
            if len(known) >= 0.9 * len(present):
                letters = frozenset(known)
        whole = numeric and all(cell.lstrip("+-").isdigit() for cell in numbers)
        return cls(numeric, digits, letters, whole)

    @property
    def two(self) -> bool:
        """Tell whether there are genuine labels and others."""
        return ("g" in self.letters and len(self.letters) > 1) or "?" in self.letters


def _digit(cell: str) -> str:
    short = cell.lstrip("+")
    return short[:-2] if short.endswith(".0") else "0" if short == "-0" else short


def _bob(columns: Sequence[Sequence[str]], kinds: list[_Kind]) -> dict[str, int] | None:
    """Return bob's four or five columns where no other reading is there: no label, persons equal in some rows."""
    form = PLAIN.get(f"{len(columns)}col")
    if form is None or "subject" not in form or any(kind.two or kind.digits for kind in kinds[:-1]):
        return None
    equal = _equal(columns[form["subject"]], columns[form["other"]])
    persons_are_names = not any(kinds[form[one]].numeric and not kinds[form[one]].whole for one in ("subject", "other"))
    plausible = kinds[-1].numeric and not kinds[-2].numeric and persons_are_names and any(equal) and not all(equal)
    return dict(form) if plausible else None


def _label(
    kinds: list[_Kind],
    place: Mapping[str, int],
    columns: Sequence[Sequence[str]],
    genuine: str | None,
    names: Sequence[str] | None,
) -> int:
    free = [k for k in range(len(kinds)) if k not in place.values()]
    if genuine is not None:
        holding = [
            k for k in free if any(plain(c) == plain(genuine) for c in columns[k]) and 2 <= len(set(columns[k])) <= 20
        ]
        if len(holding) == 1:
            return holding[0]
    two = [k for k in free if kinds[k].two]
    words = [k for k in two if not kinds[k].digits]
    found = words or two
    if len(found) > 1 and words and _agree([columns[k] for k in found]):
        found = found[:1]
    if not found and names is None:
        found = [k for k in free if kinds[k].letters]
        if not found and len(free) == 2 - len(place) and sum(kinds[k].numeric for k in free) < 2:
            found = [k for k in free if not kinds[k].numeric]  # two columns: the labels are words that we do not know
    if len(found) == 1:
        if "?" in kinds[found[0]].letters and genuine is None:
            raise InputError(
                "Expected labels that say which is genuine. Received: 1 and 2. "
                "Say --genuine-label 1 or --genuine-label 2."
            )
        return found[0]
    several = f"{_numbered(found, names)} may both hold it" if found else f"{_described(columns, names)}"
    if not found and names is not None:
        raise InputError(
            "Expected columns `score` and `label`, or `score` with the two persons compared. "
            f"Received: {listed(names)}. Say --column label=COLUMN, by name or number."
        )
    raise InputError(
        f"Expected a column of labels. Received: {several}. Say which, as in --column label=1 --column score=2, "
        "or name the persons compared, --column subject=1 --column other=2."
    )


def _agree(columns: list[Sequence[str]]) -> bool:
    return len({tuple(letter_of(cell) == "g" for cell in cells) for cells in columns}) == 1


def _score(
    kinds: list[_Kind], place: Mapping[str, int], columns: Sequence[Sequence[str]], names: Sequence[str] | None
) -> int:
    free = [k for k in range(len(kinds)) if k not in place.values() and kinds[k].numeric]
    if len(free) > 1:
        free = [k for k in free if not _row_numbers(columns[k])] or free
    if len(free) > 1 and "label" in place and (persons := _persons(free, kinds, columns, place["label"])):
        free = [k for k in free if k not in persons]
    if len(free) == 1:
        return free[0]
    if not free:
        wanted = "labels and scores" if "label" not in place else "scores beside the labels"
        raise InputError(
            f"Expected {wanted}. Received: {_described(columns, names)}, and no other column of numbers. "
            "Say which, as in --column score=2, or join the scores to the labels first."
        )
    raise InputError(
        f"Expected one column of scores. Received: {_numbered(free, names)} of numbers. "
        f"Say which, as in --column score={free[-1] + 1}."
    )


def _persons(free: list[int], kinds: list[_Kind], columns: Sequence[Sequence[str]], label: int) -> set[int]:
    """Return two columns of whole numbers that are equal exactly where the label is genuine: the persons compared."""
    genuine = [letter_of(cell) == "g" for cell in columns[label]]
    whole = [k for k in free if kinds[k].whole]
    for place, a in enumerate(whole):
        for b in whole[place + 1 :]:
            if _equal(columns[a], columns[b]) == genuine:
                return {a, b}
    return set()


def _row_numbers(cells: Sequence[str]) -> bool:
    """Tell whether the first cells are 0, 1, 2 ... or 1, 2, 3 ..."""
    first = list(cells[:500])
    return len(first) > 2 and first in ([str(k) for k in range(len(first))], [str(k + 1) for k in range(len(first))])


def _numbered(places: list[int], names: Sequence[str] | None) -> str:
    shown = [f"column {k + 1}" + (f" ('{names[k][:40]}')" if names else "") for k in places[:6]]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _described(columns: Sequence[Sequence[str]], names: Sequence[str] | None) -> str:
    cells = [f"'{(names[k] if names else next(iter(columns[k]), ''))[:30]}'" for k in range(min(len(columns), 8))]
    return f"{len(columns)} columns" + (", named " if names else ", in the first row ") + " ".join(cells)
