"""Sizes stay near the best seen; the list of exceptions may only shrink."""

import ast
import statistics
from pathlib import Path

ROOT = Path(__file__).parents[2] / "src" / "fairlead"
FILES = [path for path in sorted(ROOT.rglob("*.py")) if "migrations" not in path.parts]


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _functions() -> list[tuple[str, int]]:
    found = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                docstring = node.body[0] if ast.get_docstring(node) else None
                inside = (docstring.end_lineno - docstring.lineno + 1) if docstring and docstring.end_lineno else 0
                length = (node.end_lineno or node.lineno) - node.lineno + 1 - inside
                found.append((f"{path.relative_to(ROOT)}:{node.name}", length))
    return found


def test_files_are_small() -> None:
    sizes = sorted(_lines(path) for path in FILES)
    assert statistics.median(sizes) <= 130
    assert sizes[int(len(sizes) * 0.9)] <= 400
    assert not [f"{path.relative_to(ROOT)}: {_lines(path)}" for path in FILES if _lines(path) > 800]


def test_functions_are_short() -> None:
    functions = _functions()
    assert statistics.median(length for _, length in functions) <= 10
    assert sorted(length for _, length in functions)[int(len(functions) * 0.9)] <= 35
    assert not [f"{name}: {length}" for name, length in functions if length > 80]
