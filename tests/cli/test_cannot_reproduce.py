"""The page on papers that cannot be reproduced has its shapes, and what no paper says is refused.

tests/docs runs the commands of the page.
"""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sweep.commands.cli import app

PAGE = Path(__file__).parents[2] / "docs" / "cannot-reproduce.md"
BLOCKS = re.findall(r"```console\n\$ sweep (.*?)\n", PAGE.read_text(encoding="utf-8"))


def test_the_page_has_its_six_shapes() -> None:
    """One block is enough for five of them, and one has two."""
    assert len(BLOCKS) == 7


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--published hter=3.1", "Expected a published hter from 0 to 1, as your values are. Received: 3.1"),
        ("--published-errors 12,9", "Expected --published-errors FA/N,FR/N"),
        ("--published-errors 12/0,9/1", "Expected false accepts from 0 to the number of tries. Received: 12 of 0"),
        ("--published hter=0.2 --published-errors 1/100,1/100", "Received: counts that give 0.01"),
        ("--published-seeds 3", "Expected --published METRIC=NUMBER with --published-seeds"),
        ("--published hter=0.1 --sd 0.01 --sd-from reference", "Expected --sd or --sd-from. Received: both"),
        ("--published hter=0.1 --sd -1", "Expected an SD of the seeds from 0. Received: -1"),
        ("--published hter=0.1 --published-sd 0.01", "with n_seeds of two or more"),
        ("--published eer=0.1", "Expected one metric"),
    ],
)
def test_what_no_paper_says_is_one_message(words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, no traceback."""
    done = CliRunner().invoke(app, ["compare", "--values", "hter=0.1,0.11,0.12", *shlex.split(words)])
    assert said in str(done.exception) + done.output


def test_counts_and_a_number_in_per_cent_agree() -> None:
    """With --per-cent the published number is in per cent, too; one that its counts do not give is refused."""
    words = ["compare", "--values", "hter=10.1,9.5,11", "--per-cent", "--published-errors", "12/400,9/200"]
    done = CliRunner().invoke(app, [*words, "--published", "hter=3.75"])
    assert "Published hter=3.75" in done.stdout
    done = CliRunner().invoke(app, [*words, "--published", "hter=5"])
    assert "counts that give 3.75" in str(done.exception) + done.output
