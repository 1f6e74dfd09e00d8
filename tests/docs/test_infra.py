"""What is shipped beside the program fits it: image, Compose file, systemd unit."""

from __future__ import annotations

import configparser
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.nats_servers import program

from fairlead.cli.main import Commands
from fairlead.config.load import load

ROOT = Path(__file__).parents[2]
INFRA = ROOT / "infra"
COMMANDS = Commands(name="fairlead").list_commands(None)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The Compose file as it is parsed."""
    return yaml.safe_load((INFRA / "compose.yaml").read_text())  # type: ignore[no-any-return]


def test_the_embedded_service_starts_without_any_variable(compose: dict[str, Any]) -> None:
    # Compose demands `${X:?}` of every service, also of those whose profile is off.
    assert not re.findall(r"\$\{\w+:?\?", (INFRA / "compose.yaml").read_text())
    service = compose["services"]["fairlead"]
    assert service["ports"] == ["127.0.0.1:8484:8484"], "nobody else's network"
    assert (INFRA / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
    given = {name: "" for name in service["environment"] if name.startswith("FAIRLEAD_") and "__" in name}
    assert load(None, given).settings.store.url == "", "unset variables arrive as empty ones"


def test_volumes_and_profiles_of_the_compose_file_exist(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        named = {volume.partition(":")[0] for volume in service["volumes"] if not volume.startswith(".")}
        assert named <= compose["volumes"].keys()
    assert compose["services"]["postgres"]["profiles"] == ["postgres"]


def test_two_gateways_and_two_workers_share_store_and_bus() -> None:
    """Parsed and held against the program; nothing here can run a container."""
    services = yaml.safe_load((INFRA / "compose.scale.yaml").read_text())["services"]
    parts = {name: one["command"] for name, one in services.items() if "build" in one}
    assert sorted(command[2] for command in parts.values()) == ["gateway", "gateway", "workers", "workers"]
    assert all(command[:2] == ["up", "--only"] for command in parts.values())
    homes = [services[name]["volumes"][0] for name in parts]
    assert len(set(homes)) == len(homes), "two processes would open one warehouse"
    given = services["gateway-1"]["environment"]
    assert all(services[name]["environment"] == given for name in parts)
    settings = load(None, {name: value for name, value in given.items() if "__" in name}).settings
    assert settings.store.url.endswith("@postgres/fairlead")
    assert settings.bus.url.partition("//")[2].partition(":")[0] in services


def test_the_servers_configuration_of_nats_is_one_that_it_takes(tmp_path: Path) -> None:
    text = (INFRA / "nats.conf").read_text().replace('"/data"', f'"{tmp_path}"')
    (tmp_path / "nats.conf").write_text(text)
    assert "sync_interval: always" in text
    done = subprocess.run([program(), "-c", tmp_path / "nats.conf", "-t"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_image_copies_what_is_there_and_runs_a_command() -> None:
    lines = (INFRA / "Dockerfile").read_text().splitlines()
    for line in lines:
        if line.startswith("COPY") and "--from" not in line:
            assert all((ROOT / name).exists() for name in line.split()[1:-1]), line
    started = next(line for line in lines if line.startswith("CMD"))
    assert re.findall(r'"([^"]+)"', started)[0] in COMMANDS


def test_the_unit_runs_a_command_in_a_private_home() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(INFRA / "fairlead.service")
    service = unit["Service"]
    assert service["ExecStart"].split()[1] in COMMANDS
    assert service["StateDirectoryMode"] == "0700"
    assert service["Environment"] == f"FAIRLEAD_HOME=/var/lib/{service['StateDirectory']}"
