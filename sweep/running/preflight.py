"""Before the first trial on a cluster, and on a node that joins later: can it run this study, are all alike?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from sweep.data import open_prepared
from sweep.errors import ClusterError, InputError, one_line
from sweep.machine.folders import cache_folder
from sweep.machine.hardware import processor, processor_generation
from sweep.machine.import_path import find_modules_in
from sweep.running.node_kinds import Kind, can_take, gpus_of, unlike
from sweep.running.record_relay import Link, sees
from sweep.study import code, identity
from sweep.study.functions import functions_of
from sweep.study.further_tests import keywords_of_data
from sweep.study.named_files import named_files
from sweep.trial import backends
from sweep.trial.order import TrialOrder
from sweep.trial.versions import differing, versions_here

_PATIENCE = 180  # seconds for a node to answer; a slow share takes a minute to import this package


@dataclass(frozen=True)
class Question:
    """What every node is asked.

    results, token: see `sweep.running.record_relay.Link`. folder: where relative paths start. modules: where the user's
    modules are found. paths: files and folders of the data. data_ids: prepared data, which spare a node the paths.
    code: "use" -> the digest of its source on the driver. files: word of the study that names a file or folder there ->
    its digest. backend: what Keras computes with.
    """

    results: str
    token: str
    folder: str
    modules: tuple[str, ...]
    paths: tuple[str, ...]
    data_ids: tuple[str, ...]
    code: dict[str, str]
    files: dict[str, str] = field(default_factory=dict)
    backend: str = backends.FIRST


@dataclass(frozen=True)
class Answer:
    """What a node says.

    sees: the results. missing: paths of the data. other_code: "use" with another source. other_files: words that name
    something else there, or nothing.
    """

    versions: dict[str, str]
    processor: str
    sees: bool
    missing: tuple[str, ...]
    other_code: tuple[str, ...]
    other_files: tuple[str, ...] = ()
    generation: str = ""


@dataclass(frozen=True)
class Exam:
    """What every node must pass.

    versions: of the driver, see `sweep.trial.versions.versions_here`. passed: id of each node that did -> its kind; one
    that joins later is asked by its first slot. notes: on those nodes, what a person should know, and no reason to
    stop.
    """

    question: Question
    versions: dict[str, str]
    passed: Mapping[str, Kind]
    notes: tuple[str, ...]


def check_nodes(orders: Sequence[TrialOrder], link: Link, cpu: float, gpu: float) -> Exam:
    """Return what the nodes that can take a trial were asked, after all of them passed.

    Args:
        orders: the trials that will run.
        link: between the nodes and the driver.
        cpu, gpu: what a trial takes of a node.

    Raises:
        ClusterError: a node has other versions, other code or no data, or does not answer; it is named.
    """
    able = [node for node in ray.nodes() if node["Alive"] and can_take(node, cpu, gpu)]
    asked = question(orders, link)
    versions = versions_here(asked.backend)
    answers = _ask(able, asked)
    for name, answer in answers.items():
        refuse(name, answer, versions)
    nodes = {_name(node): node for node in able if _name(node) in answers}
    kinds = {
        name: Kind(answers[name].processor, answers[name].generation, gpus_of(node)) for name, node in nodes.items()
    }
    notes = (*unlike(kinds), *_unseen(answers, link.results))
    return Exam(asked, versions, {node["NodeID"]: kinds[name] for name, node in nodes.items()}, notes)


def late(exam: Exam, node_id: str, name: str) -> str:
    """Return why this node cannot run the study, "" if it can; what joined after the rest is asked here."""
    if node_id in exam.passed:
        return ""
    try:
        refuse(name, look(exam.question), exam.versions)
    except ClusterError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 (a share that fails, say: else each of its trials would fail)
        return f"Expected node {name} to look for data and code. Received: {one_line(error)}"
    return ""


def question(orders: Sequence[TrialOrder], link: Link) -> Question:
    """Return what the nodes are asked before these trials."""
    defaults = cache(code.defaults)
    studies = {order.config_id: order.study for order in orders}.values()
    used = {one.use for study in studies for one in functions_of(study, defaults) if one.decides_bits}
    paths = dict.fromkeys(x for order in orders for x in keywords_of_data(order.study) if _is_path(x, order.folder))
    data_ids = dict.fromkeys(order.data_id for order in orders)
    first = orders[0]
    ids = {use: identity.code_id(use) for use in sorted(used)}
    found = identity.words_in(order.study for order in orders)
    files = _files(found, first.folder, Path(link.results))
    backend = first.study.get("backend") or backends.FIRST
    return Question(
        link.results, link.token, first.folder, first.modules, tuple(paths), tuple(data_ids), ids, files, backend
    )


def look(asked: Question) -> Answer:
    """Return a node's answer; runs there."""
    find_modules_in(asked.modules)
    missing = [] if _prepared(asked.data_ids) else [path for path in asked.paths if not _there(path, asked.folder)]
    other = [use for use, digest in asked.code.items() if _code_id(use) != digest]
    there = _files(list(asked.files), asked.folder, Path(asked.results)) if asked.files else {}
    unlike = tuple(word for word, digest in asked.files.items() if there.get(word) != digest)
    seen = sees(asked.results, asked.token)
    generation = processor_generation()
    return Answer(versions_here(asked.backend), processor(), seen, tuple(missing), tuple(other), unlike, generation)


def refuse(name: str, answer: Answer, versions: Mapping[str, str]) -> None:
    """Raise ClusterError where a node cannot run the study as the driver would."""
    difference = differing(versions, answer.versions)
    if difference:
        raise ClusterError(f"{difference} on node {name}. Install the same versions on every node.")
    if answer.other_code:
        raise ClusterError(
            f"Expected the same source of {', '.join(answer.other_code)} on every node. Received: another, or none, on "
            f"node {name}. Copy the study's folder there, or put it on storage that all nodes see."
        )
    if answer.other_files:
        raise ClusterError(
            f"Expected the same content of {', '.join(answer.other_files)} on every node. Received: another, or none, "
            f"on node {name}. Copy it there, or put it on storage that all nodes see."
        )
    if answer.missing:
        raise ClusterError(
            f"Expected the data on every node. Received: no {', '.join(answer.missing)} on node {name}. "
            "Mount or copy it there, at the same path."
        )


def _ask(nodes: Sequence[Mapping[str, Any]], asked: Question) -> dict[str, Answer]:
    """Return node -> answer."""
    task = ray.remote(look)
    asked_of, ids = {}, {}
    for node in nodes:
        ids[_name(node)] = node["NodeID"]
        there = NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)
        # Ray counts a whole processor otherwise, and would wait where another run has taken all.
        asked_of[_name(node)] = task.options(num_cpus=0, max_retries=2, scheduling_strategy=there).remote(asked)
    answers = {}
    for name, answer in asked_of.items():
        try:
            answers[name] = ray.get(answer, timeout=_PATIENCE)
        except ray.exceptions.GetTimeoutError:
            raise ClusterError(
                f"Expected an answer of every node within {_PATIENCE} s. Received: none of node {name}. "
                "Take it out of the cluster, or look at its log under /tmp/ray."
            ) from None
        except ray.exceptions.RayError as error:
            if not any(node["NodeID"] == ids[name] and node["Alive"] for node in ray.nodes()):
                continue  # it died meanwhile, as it may a moment later; the others go on
            said = [line for line in str(error).splitlines() if line.strip()]
            raise ClusterError(
                f"Expected every node to run this package. Received from node {name}: {said[-1].strip()[:300]}. "
                "Install it there, in the environment that Ray was started in."
            ) from None
    if nodes and not answers:
        raise ClusterError(f"Expected a node that can take a trial. Received: {len(ids)}, all of which died just now.")
    return answers


def _unseen(answers: Mapping[str, Answer], results: str) -> list[str]:
    blind = [name for name, answer in answers.items() if not answer.sees]
    if not blind:
        return []
    more = ", ..." if len(blind) > 3 else ""
    return [
        f"{len(blind)} of {len(answers)} nodes do not see {results} ({', '.join(blind[:3])}{more}): their records "
        "travel through Ray to this machine, which stores them."
    ]


def _name(node: Mapping[str, Any]) -> str:
    return f"{node['NodeManagerHostname']} ({node['NodeManagerAddress']}, {node['NodeID'][:8]})"


def _is_path(value: object, folder: str) -> bool:
    """Return whether a keyword of the data names something that is there on the driver, as "Faces" may."""
    return isinstance(value, str) and bool(value) and "://" not in value and _there(value, folder)


def _there(path: str, folder: str) -> bool:
    try:
        return (Path(folder) / Path(path).expanduser()).exists()
    except (OSError, RuntimeError, ValueError):  # no path at all: too long, a home of nobody, a zero byte
        return False


def _files(words: Sequence[str], folder: str, results: Path) -> dict[str, str]:
    return named_files(words, kept=cache_folder(), without=results, start=Path(folder))


def _prepared(data_ids: Sequence[str]) -> bool:
    """Return whether this node has all of the data decoded already."""
    try:
        streams = [open_prepared(cache_folder(), data_id).stream for data_id in data_ids]
    except (OSError, ValueError):
        return False
    return not any(streams)  # those are made anew in each trial


def _code_id(use: str) -> str:
    try:
        return identity.code_id(use)
    except (InputError, OSError, SyntaxError):
        return ""
