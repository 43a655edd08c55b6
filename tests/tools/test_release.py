"""The workflow that publishes a version: read, and its commands run as far as they can be here."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / ".github" / "workflows" / "release.yml"
WORKFLOW: dict[Any, Any] = yaml.safe_load(FILE.read_text())
JOBS: dict[str, dict[str, Any]] = WORKFLOW["jobs"]
VERSION = re.findall(r'(?m)^version = "(.+)"$', (ROOT / "pyproject.toml").read_text())[0]


def _steps(job: str) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = JOBS[job]["steps"]
    return steps


def _command(name: str) -> str:
    (found,) = (each["run"] for job in JOBS for each in _steps(job) if each.get("name") == name)
    return str(found)


def _run(command: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """As the runner does: bash, ending at the first failure."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", command],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_only_a_tag_publishes():
    assert WORKFLOW[True] == {"push": {"tags": ["v*"]}}  # `on` is a truth value in YAML
    assert JOBS["publish"]["needs"] == "build"
    assert JOBS["publish"]["environment"].startswith("pypi")


def test_each_job_may_do_what_it_needs_and_no_more():
    assert WORKFLOW["permissions"] == {}
    assert JOBS["build"]["permissions"] == {
        "contents": "read",
        "id-token": "write",
        "attestations": "write",
    }
    assert JOBS["publish"]["permissions"] == {"id-token": "write"}
    assert "secrets." not in FILE.read_text()
    for step in _steps("build"):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_actions_are_named_by_their_commit():
    used = re.findall(r"uses: (\S+)(?: # (v\S+))?$", FILE.read_text(), re.MULTILINE)
    assert len(used) == sum("uses" in step for job in JOBS for step in _steps(job))
    loose = {action for action, version in used if not re.search(r"@[0-9a-f]{40}$", action)}
    assert loose == {"pypa/gh-action-pypi-publish@release/v1"}
    assert all(version for action, version in used if action not in loose)


def test_everything_is_checked_before_anything_is_made():
    order = [step.get("name") or step["uses"].split("@")[0] for step in _steps("build")]
    assert order == [
        "actions/checkout",
        "The tag is the version",
        "Every check and every test",
        "No known weakness in what users get",
        "Wheel and source distribution",
        "What they bring with them",
        "Digests",
        "Provenance",
        "actions/upload-artifact",
    ]


def test_its_targets_and_programs_are_there():
    commands = "\n".join(step.get("run", "") for step in _steps("build"))
    for target in re.findall(r"\bmake (\w+)", commands):
        assert _run(f"make --dry-run {target}", ROOT).returncode == 0, target
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert ".ci/run" in commands
    assert "--required" in _run("make --dry-run audit", ROOT).stdout


@pytest.mark.parametrize(
    ("tag", "heading", "fine"),
    [
        (f"v{VERSION}", f"## {VERSION}", True),
        (f"v{VERSION}", f"## {VERSION} (not released yet)", False),
        (f"v{VERSION}", "## 0.0.1", False),
        ("v99.0.0", f"## {VERSION}", False),
    ],
)
def test_a_tag_that_is_not_the_version_goes_no_further(tmp_path, tag, heading, fine):
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    (tmp_path / "CHANGELOG.md").write_text(f"# Changelog\n\n{heading}\n")
    result = _run(_command("The tag is the version"), tmp_path, GITHUB_REF_NAME=tag)
    assert (result.returncode == 0) is fine
    assert fine or VERSION in result.stderr


def test_what_is_sent_and_what_is_published(tmp_path):
    """Every file has a digest; the index gets the distributions and neither list nor digests."""
    made = ("p-1-py3-none-any.whl", "p-1.tar.gz", "p-1.cdx.json")
    (tmp_path / "dist").mkdir()
    for name in made:
        (tmp_path / "dist" / name).write_bytes(name.encode())
    assert _run(_command("Digests"), tmp_path).returncode == 0
    digests = (tmp_path / "dist" / "SHA256SUMS").read_text().splitlines()
    assert sorted(digests) == sorted(
        f"{hashlib.sha256(name.encode()).hexdigest()}  {name}" for name in made
    )
    assert _run(_command("The index takes distributions only"), tmp_path).returncode == 0
    assert sorted(path.name for path in (tmp_path / "packages").iterdir()) == sorted(made[:2])
