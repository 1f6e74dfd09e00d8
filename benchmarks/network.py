"""Critical path and batches of a large network, against networkx.

    python -m benchmarks.network            1,000,000 tasks, 3,000,000 edges
    python -m benchmarks.network --plain    without networkx, which needs minutes and gigabytes

Edges point from an earlier task to a later one of the next few hundred; three shapes, since one walk is quick on wide
networks and another on narrow ones. networkx (not among our dependencies) finds the longest path and the generations.
"""

from __future__ import annotations

import argparse
import importlib.util
import time

import numpy as np

from fairlead.planning.network import Edges, times

TASKS, EDGES = 1_000_000, 3_000_000
SHAPES = {"wide (any earlier task)": TASKS, "usual (the last 400)": 400, "narrow (the last 4)": 4}


def made(reach: int) -> tuple[np.ndarray, Edges]:
    """Durations and edges of one shape."""
    draw = np.random.default_rng(1)
    durations = draw.integers(1, 20, TASKS)
    after = draw.integers(1, TASKS, EDGES)
    before = np.maximum(after - draw.integers(1, np.minimum(after, reach) + 1), 0)
    return durations, Edges(before, after, durations[before])


def ours(durations: np.ndarray, edges: Edges) -> tuple[float, float, int, int]:
    """Seconds of the clock and of the processor, end and number of batches."""
    began, core = time.perf_counter(), time.process_time()
    found = times(durations, edges)
    return time.perf_counter() - began, time.process_time() - core, found.end, int(found.batch.max()) + 1


def theirs(durations: np.ndarray, edges: Edges) -> tuple[float, int, int]:
    """The same with networkx; building its graph is left out, as reading ours is."""
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_nodes_from(range(TASKS))
    rows = zip(edges.before.tolist(), edges.after.tolist(), edges.lag.tolist(), strict=True)
    graph.add_weighted_edges_from(rows)
    began = time.process_time()
    longest = nx.dag_longest_path(graph)
    batches = sum(1 for _ in nx.topological_generations(graph))
    took = time.process_time() - began
    end = int(sum(durations[task] for task in longest))
    return took, end, batches


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plain", action="store_true", help="ours alone")
    plain = parser.parse_args().plain or importlib.util.find_spec("networkx") is None
    print(f"{TASKS:,} tasks, {EDGES:,} edges")
    for name, reach in SHAPES.items():
        durations, edges = made(reach)
        took, core_s, end, batches = ours(durations, edges)
        said = f"{name:26} {took:6.2f} s ({core_s:.2f} s of a core), ends at {end:,}, {batches:,} batches"
        if not plain:
            other, their_end, their_batches = theirs(durations, edges)
            # the longest path by edges leaves out the length of its last task, and may end in another one
            assert their_batches == batches, (their_batches, batches)
            assert their_end <= end, (their_end, end)
            said += f"; networkx {other:.1f} s of a core, {other / core_s:.0f} times as long"
        print(said, flush=True)


if __name__ == "__main__":
    main()
