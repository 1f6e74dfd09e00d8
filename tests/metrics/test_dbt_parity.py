"""dbt builds the same tables from the same project as our own executor."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fairlead.metrics.project import SHIPPED, Project
from fairlead.metrics.seeds import variables
from fairlead.metrics.warehouse import Warehouse

_BESIDE = str(Path(sys.executable).parent)
DBT = os.environ.get("FAIRLEAD_DBT") or shutil.which("dbt") or shutil.which("dbt", path=_BESIDE)

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(DBT is None, reason="dbt is not there: set FAIRLEAD_DBT to its path"),
]

_PROFILE = """
fairlead:
  target: parity
  outputs:
    parity:
      type: duckdb
      path: {path}
      schema: parity
      threads: 2
"""


def test_dbt_builds_the_same_tables(company: Any, tmp_path: Path) -> None:
    for day in range(1, 8):
        company.change(day)
        company.deployment(day, company.merge(day), company.at(day, 20))
    path = tmp_path / "built.duckdb"
    ours = Warehouse(path, company.source, company.setup, company.clock)
    ours.refresh()
    ours.close()
    (tmp_path / "profiles.yml").write_text(_PROFILE.format(path=path))
    said = {**variables(company.setup), "deltas": False}
    done = subprocess.run(
        [str(DBT), "build", "--project-dir", str(SHIPPED), "--profiles-dir", str(tmp_path),
         "--vars", json.dumps(said),
         "--target-path", str(tmp_path / "target"), "--log-path", str(tmp_path / "logs")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    import duckdb

    con = duckdb.connect(str(path))
    for name, model in Project(variables=said).models.items():
        if name.startswith("dirty_") or model.materialized == "view":
            continue
        differing = con.execute(
            f'(from main."{name}" except from parity."{name}") union all (from parity."{name}" except from main."{name}")'  # noqa: E501
        ).fetchall()
        assert differing == [], name
