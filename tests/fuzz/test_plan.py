"""`sweep plan` answers any study file and any options in time, in few lines and without a traceback."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.command import check_answer
from tests.fuzz.profiles import examples

BASE: dict[str, Any] = {
    "study": "fuzzed",
    "seeds": 2,
    "data": {"use": "sweep.data:synthetic_vectors"},
    "model": {"use": "sweep.models:dense_net"},
    "train": {"epochs": 1},
    "grid": {"model.dropout": [0, 0.5]},
}
WORDS = [
    "", " ", "a", "é", "$HOME", "${x:y}", "~", "~nobody/x", "s3:/x", "s3://", "gs://b/c?retry_limit_seconds=0", "\0",
    "\x1b[31m", "\ud800", "x" * 300, "x" * 5000, "sweep.data:nothing", "os:system", "subprocess:run", "a:b", "no-colon",
    "../..", "/dev/zero", "=1+1", "$a$b$", "1:30", "on", "null", "adamm", "val_los", "best", "inf", "-inf", "nan",
]  # fmt: skip
NUMBERS = [0, 1, -1, 2, 0.5, 1e308, -1e308, 10**30, 10**400, 2**32, 2**63, 1e-320, True, None]
KEYS = [
    "study", "about", "task", "seeds", "data", "model", "train", "grid", "arms", "samples", "study_seed", "hold",
    "determinism", "seeded", "measure", "answer", "resources", "results", "submit", "sedes", "x" * 200, "", "\0",
]  # fmt: skip
leaf = st.sampled_from(WORDS) | st.sampled_from(NUMBERS) | st.text(max_size=5) | st.dates()
value = st.recursive(
    leaf,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
INNER = [
    "use", "leakage", "epochs", "batch_size", "learning_rate", "loss", "optimizer", "early_stopping", "keep", "then",
    "count", "first", "split", "init", "cpu", "gpu", "threads", "include", "model.dropout", "train.epochs", "dropout",
]  # fmt: skip
changes = st.lists(st.tuples(st.sampled_from(KEYS), st.none() | st.sampled_from(INNER), value), min_size=1, max_size=3)
options = st.lists(
    st.sampled_from(
        [
            ("--seeds", "3"), ("--seeds", "0"), ("--seeds", "x"), ("--seeds", "9" * 400), ("--json",), ("--nope",),
            ("--precision", "eer=0.01"), ("--precision", "eer"), ("--precision", "=1"), ("--precision", "eer=nan"),
            ("--sd", "0.1"), ("--sd", "nan"), ("--level", "2"), ("--results", "x" * 300), ("--results", "$NOPE/x"),
        ]
    ),
    max_size=2,
)  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for study files."""
    return tmp_path_factory.mktemp("fuzz-plan")


@given(changes=changes, more=options)
@examples(200)
def test_any_study(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    changes: list[tuple[str, str | None, Any]],
    more: list[tuple[str, ...]],
) -> None:
    """Keys of any type, odd words and numbers, with any options, get an answer and an exit code from 0 to 3."""
    monkeypatch.chdir(place)
    mapping = {key: dict(one) if isinstance(one, dict) else one for key, one in BASE.items()}
    for key, inner, new in changes:
        if inner is not None and isinstance(mapping.get(key), dict):
            mapping[key][inner] = new
        else:
            mapping[key] = new
    text = yaml.safe_dump(mapping, allow_unicode=True)
    (place / "fuzzed.yaml").write_bytes(text.encode(errors="surrogatepass"))
    check_answer("plan", "fuzzed.yaml", *(word for option in more for word in option))


@given(content=st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode(errors="replace")))
@examples(50)
def test_any_bytes(place: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """What is no YAML, or no mapping, is refused in a line."""
    monkeypatch.chdir(place)
    (place / "bytes.yaml").write_bytes(content)
    assert check_answer("plan", "bytes.yaml") == 2
