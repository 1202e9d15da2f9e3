"""What is known of a sample beside its input and label: the columns that data give, records keep and analysis reads.

Declared here once. A column that may be absent stands in a table only where the data give it, so that older tables and
those of other data stay as they are.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

FURTHER = "sample."  # before the name of a column of the user's own, as hp., metric. and check. stand before theirs


@dataclass(frozen=True)
class SampleColumn:
    """A column of words, "" where one is unknown.

    always: it stands in every split, as words are made up or "" where the data give none. in_every_table: it stands in
    every scores.parquet, null where the data give none.
    """

    name: str
    meaning: str
    always: bool = False
    in_every_table: bool = False


SAMPLE_COLUMNS = (
    SampleColumn("sample", "its id, unique within the whole data", always=True, in_every_table=True),
    SampleColumn("subject", "whose it is", always=True, in_every_table=True),
    SampleColumn("video", "the recording that it is from", always=True, in_every_table=True),
    SampleColumn("other_subject", "of a pair, whose its second part is", in_every_table=True),
    SampleColumn("attack_type", 'the kind of presentation attack, "" for none'),
)
ALWAYS = tuple(column.name for column in SAMPLE_COLUMNS if column.always)
WHERE_GIVEN = tuple(column.name for column in SAMPLE_COLUMNS if not column.always)
DECLARED = (*ALWAYS, *WHERE_GIVEN)
IN_EVERY_TABLE = tuple(column.name for column in SAMPLE_COLUMNS if column.in_every_table)
CASES = ("subject", "video")  # what intervals for new ones are of: the first that every sample has, else the sample
PEOPLE = ("subject", "other_subject")  # both persons of a pair


def only_where_given(names: Iterable[str]) -> list[str]:
    """Return the names, of a table's columns, of sample columns that not every table has, in their order."""
    return [name for name in names if name in _OPTIONAL or name.startswith(FURTHER)]


def is_name(word: object) -> bool:
    """Return whether a word may name a column of the user's own."""
    return isinstance(word, str) and re.fullmatch(r"[A-Za-z]\w*", word) is not None and word not in DECLARED


_OPTIONAL = frozenset(DECLARED) - frozenset(IN_EVERY_TABLE)
