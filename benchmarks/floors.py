"""The house as it stands: which room imports which, floor by floor. `make floors`.

A room is a folder of sweep/. A floor holds rooms that import from floors below it alone. Ends with 1 where rooms import
each other in a circle, or where the house has grown beyond what is agreed.
"""

import sys
from collections import defaultdict
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[1] / "sweep"
MOST_ROOMS, MOST_FLOORS, MOST_FILES, MOST_LINES = 22, 8, 3, 260


def main() -> int:
    """Print the floors, the edges and long modules; return the exit code."""
    graph = grimp.build_graph("sweep")
    below: dict[str, set[str]] = defaultdict(set)
    for module in graph.modules - {"sweep", "sweep.__main__"}:
        below[room(module)] |= {
            room(one)
            for one in graph.find_modules_directly_imported_by(module) - {"sweep"}
            if room(one) != room(module)
        }
    try:
        levels = floors(below)
    except CycleError as error:
        print("rooms in a circle:", " > ".join(error.args[1]))
        return 1
    for level, rooms in reversed(list(enumerate(levels))):
        print(f"{level}  {'  '.join(sorted(rooms))}")
    files = sorted(path.name for path in ROOT.glob("*.py"))
    sizes = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in ROOT.rglob("*.py")}
    long = {name: size for name, size in sorted(sizes.items(), key=lambda one: -one[1]) if size > MOST_LINES}
    edges = sum(map(len, below.values()))
    print(f"{len(below)} rooms on {len(levels)} floors, {edges} edges; on the top level: {', '.join(files)}")
    print(f"{len(long)} modules over {MOST_LINES} lines: {', '.join(f'{name} {size}' for name, size in long.items())}")
    return int(len(below) > MOST_ROOMS or len(levels) > MOST_FLOORS or len(files) > MOST_FILES)


def room(module: str) -> str:
    """Return the room of a module."""
    return module.split(".")[1]


def floors(below: dict[str, set[str]]) -> list[tuple[str, ...]]:
    """Return the rooms of each floor, the lowest first. Raises CycleError."""
    order = TopologicalSorter(below)
    order.prepare()
    found = []
    while order.is_active():
        ready = order.get_ready()
        found.append(ready)
        order.done(*ready)
    return found


if __name__ == "__main__":
    sys.exit(main())
