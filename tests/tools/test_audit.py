"""Known weaknesses of packages, asked by pip-audit and npm of services on loopback."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import audit
from tests.packaging.processes import free_port
from tests.support.advisories import (
    Advisories,
    npm_advisory,
    osv_entry,
    serve_advisories,
)

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Advisories]:
    with serve_advisories() as advisories:
        _ask_at(monkeypatch, advisories.url)
        yield advisories


def _ask_at(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("PIP_AUDIT_OSV_URL", url + "/v1/query")
    monkeypatch.setenv("npm_config_registry", url)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")


@pytest.fixture
def questions(tmp_path: Path) -> audit.Questions:
    """Two packages of each kind: one that users get, and a tool."""
    site = tmp_path / "site"
    for name in ("numpy", "ruff"):
        info = site / f"{name}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    page = tmp_path / "page"
    page.mkdir()
    needs = {"dependencies": {"in-the-page": "1.0.0"}, "devDependencies": {"a-tool": "1.0.0"}}
    lock = {
        "name": "page",
        "lockfileVersion": 3,
        "packages": {
            "": {"name": "page", **needs},
            "node_modules/in-the-page": {"version": "1.0.0"},
            "node_modules/a-tool": {"version": "1.0.0", "dev": True},
        },
    }
    (page / "package.json").write_text(json.dumps({"name": "page", **needs}))
    (page / "package-lock.json").write_text(json.dumps(lock))
    return {"Python": lambda: audit.ask_osv(site), "page": lambda: audit.ask_npm(page)}


def _both(questions: audit.Questions) -> tuple[int, int]:
    """Return the status in `make check` and before a release, of what is asked once."""
    asked = {name: _remembered(ask) for name, ask in questions.items()}
    return audit.run(asked, required=False), audit.run(asked, required=True)


def _remembered(ask: Callable[[], audit.Audit]) -> Callable[[], audit.Audit]:
    try:
        answer = ask()
    except (audit.NotCheckedError, KeyError) as error:
        failure = error
    else:
        return lambda: answer

    def fail() -> audit.Audit:
        raise failure

    return fail


def test_nothing_is_known_of_what_is_installed(service, questions, capsys):
    assert _both(questions) == (0, 0)
    told = capsys.readouterr().out
    assert "Python: 2 checked, 0 known weaknesses" in told
    assert "page: 2 checked, 0 known weaknesses" in told
    assert set(service.asked) == {"numpy", "ruff"}


def test_a_weakness_that_users_get_stops_a_release_and_no_check(service, questions, capsys):
    service.python["numpy"] = osv_entry("numpy")
    assert _both(questions) == (0, 1)
    told = capsys.readouterr().out
    assert "WEAK: numpy 1.0 (users get it): PYSEC-2026-1: It falls over. Mended in: 99." in told
    assert "NOTHING WAS CHECKED" not in told


def test_a_weakness_in_the_page_stops_a_release(service, questions, capsys):
    service.npm["in-the-page"] = [npm_advisory()]
    assert _both(questions) == (0, 1)
    assert "in-the-page 1.0.0 (users get it): GHSA-xxxx-yyyy-zzzz: It leaks (high)" in (
        capsys.readouterr().out
    )


def test_a_weakness_in_a_tool_is_told(service, questions, capsys):
    service.python["ruff"] = osv_entry("ruff")
    service.npm["a-tool"] = [npm_advisory()]
    assert _both(questions) == (0, 0)
    told = capsys.readouterr().out
    assert "told: ruff 1.0 (a tool of ours)" in told
    assert "told: a-tool 1.0.0 (a tool of ours)" in told


def test_a_service_out_of_reach_is_said_and_stops_a_release_only(monkeypatch, questions, capsys):
    _ask_at(monkeypatch, f"http://127.0.0.1:{free_port()}")
    assert _both(questions) == (0, 2)
    assert capsys.readouterr().out.count("NOTHING WAS CHECKED") == 4


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b"<html>Please log in to the hotel's network</html>"), (405, b""), (503, b"{}")],
)
def test_nonsense_is_no_answer(service, questions, capsys, status, body):
    service.status, service.body = status, body
    assert audit.run(questions, required=True) == 2
    assert capsys.readouterr().out.count("NOTHING WAS CHECKED") == 2


def test_a_report_of_another_shape_is_no_answer(capsys):
    def ask() -> audit.Audit:
        return audit.read_npm_audit({"vulnerabilities": {"a": {}}}, {"packages": {}})

    assert _both({"page": ask}) == (0, 2)
    assert "another shape" in capsys.readouterr().out


def test_an_accepted_weakness_is_told_with_its_reason(monkeypatch, capsys):
    monkeypatch.setitem(audit.ACCEPTED, "GHSA-1", "only its command line has it")
    found = audit.Weakness("numpy 1.0", ("PYSEC-1", "GHSA-1"), "It leaks.", shipped=True)
    assert _both({"Python": lambda: audit.Audit(1, [found])}) == (0, 0)
    assert "accepted: only its command line has it" in capsys.readouterr().out


def test_the_command_asks_about_everything_that_is_installed_here(service):
    """All packages of this environment and of the front end's lock file, and no network."""
    service.python["av"] = osv_entry("av")
    told = subprocess.run(
        [sys.executable, ROOT / "tools" / "audit.py", "--required"],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert told.returncode == 1, told.stdout + told.stderr
    assert "(users get it): PYSEC-2026-1" in told.stdout
    assert "packages of the page: " in told.stdout
    assert {"aiortc", "av", "gradio", "pytest"} <= set(service.asked)
