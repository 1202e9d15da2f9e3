"""Scores held in little memory while they are read: words as numbers of two bytes where a group of rows has few."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from sweep.store import tables

_FEW = 2**14  # words of a column; far fewer than two bytes tell apart
_WIDE, _NARROW = pa.int32(), pa.int16()


def narrow(table: pa.Table) -> pa.Table:
    """Return rows of scores.parquet with small numbers in place of wide ones for their words."""
    for at, field in enumerate(table.schema):
        if not pa.types.is_dictionary(field.type):
            continue
        chunks = table.column(at).chunks
        if all(len(chunk.dictionary) <= _FEW for chunk in chunks):
            column = _with_indices(chunks, _NARROW, field.type.value_type)
            table = table.set_column(at, pa.field(field.name, column.type), column)
    return table


def joined_scores(groups: Sequence[pa.Table]) -> pa.Table:
    """Return groups of rows as one table; where only some of them are narrow, a column is wide."""
    if not groups:
        return tables.SCORES.empty_table()
    kinds: dict[str, set[Any]] = {}
    for group in groups:
        for field in group.schema:
            kinds.setdefault(field.name, set()).add(field.type)
    mixed = {name for name, found in kinds.items() if len(found) > 1}
    return pa.concat_tables([_widened(group, mixed) for group in groups], promote_options="default")


def with_one_dictionary(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column of words whose chunks share their words, and any other column as it is."""
    if not pa.types.is_dictionary(column.type):
        return column
    words = sum(len(chunk.dictionary) for chunk in column.chunks)
    if column.type.index_type == _NARROW and words > _FEW:
        column = _with_indices(column.chunks, _WIDE, column.type.value_type)
    return column.unify_dictionaries()


def _widened(table: pa.Table, names: set[str]) -> pa.Table:
    for name in names & set(table.column_names):
        kind = table.schema.field(name).type
        if pa.types.is_dictionary(kind):
            column = _with_indices(table[name].chunks, _WIDE, kind.value_type)
            table = table.set_column(table.column_names.index(name), pa.field(name, column.type), column)
    return table


def _with_indices(chunks: Sequence[Any], index: pa.DataType, words: pa.DataType) -> pa.ChunkedArray:
    made = [pa.DictionaryArray.from_arrays(chunk.indices.cast(index), chunk.dictionary) for chunk in chunks]
    return pa.chunked_array(made, pa.dictionary(index, words))
