"""Scores that are held in little memory are the same scores."""

import pandas as pd
import pyarrow as pa

from sweep.store import store, tables
from sweep.store.narrow_scores import joined_scores, narrow, with_one_dictionary

WORDS = pa.dictionary(pa.int32(), pa.string())


def group(first: int, n: int) -> pa.Table:
    """Return n rows, each with a sample of its own."""
    sample = pa.array([f"{first + at:06d}" for at in range(n)]).dictionary_encode().cast(WORDS)
    return pa.table({"sample": sample, "score": pa.array([float(first + at) for at in range(n)])})


def test_groups_of_few_and_of_many_words_join_without_a_change() -> None:
    """Narrow groups, a wide one among them, more words together than two bytes tell apart: every row stays."""
    for sizes in ((5, 7), (5, 20_000), (16_000, 16_000, 16_000)):
        starts = [sum(sizes[:at]) for at in range(len(sizes))]
        groups = [group(first, n) for first, n in zip(starts, sizes, strict=True)]
        joined = joined_scores([narrow(one) for one in groups])
        sample = with_one_dictionary(joined["sample"]).to_pandas()
        assert sample.astype(str).tolist() == [f"{at:06d}" for at in range(sum(sizes))]
        assert joined["score"].to_pylist() == [float(at) for at in range(sum(sizes))]
    assert narrow(group(0, 5)).schema.field("sample").type.index_type == pa.int16()


def test_no_group_gives_an_empty_table() -> None:
    """A study without a score has the columns all the same."""
    assert joined_scores([]).column_names == tables.SCORES.names


def test_the_frame_of_a_stored_study_is_that_of_its_table() -> None:
    """`load` gives what pandas reads from scores.parquet, category by category."""
    found = store.load("results/reference").scores
    plain = pd.read_parquet("results/reference/scores.parquet")
    assert len(found) == len(plain) > 0
    for name in ("trial_id", "sample", "subject", "split", "label", "score", "seed"):
        assert found[name].astype(str).tolist() == plain[name].astype(str).tolist(), name
