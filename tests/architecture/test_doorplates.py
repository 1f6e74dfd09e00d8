"""Every room has a doorplate that says what for, what it may import and where to start."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "src" / "fairlead"
PACKAGES = sorted(path.parent for path in ROOT.rglob("__init__.py") if "migrations" not in path.parts)
MODULES = sorted(path for path in ROOT.rglob("*.py") if "migrations" not in path.parts)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: str(path.relative_to(ROOT.parent)))
def test_a_package_is_a_doorplate_and_nothing_else(package: Path) -> None:
    tree = ast.parse((package / "__init__.py").read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "a doorplate has a docstring"
    assert len(tree.body) == 1, "a doorplate has no code and no re-exports"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_it_is_for(module: Path) -> None:
    assert ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))


def test_no_room_is_a_drawer_for_anything() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}
    assert not [path for path in MODULES if path.stem in drawers or drawers & set(path.relative_to(ROOT).parts[:-1])]
