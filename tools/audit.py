"""Asks the services that keep known weaknesses about every package that is installed here.

``python tools/audit.py``: pip-audit asks OSV about the Python packages of this environment, npm its
registry about those of the front end's lock file. By itself it tells and never fails: what became
known since yesterday is no fault of today's change, and a service that cannot be reached, or gives
no answer that can be read, is only said loudly to have checked nothing. So it can be among the
checks of a machine without a network.

With ``--required``, before a release, a weakness in what users get (what the package requires,
extras included, and what is bundled into the page) makes it fail, and so does a question without an
answer. One in a tool for working on this project is told.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shipped import canonical, shipped_packages

ROOT = Path(__file__).resolve().parents[1]

ACCEPTED: Mapping[str, str] = {}
"""Weaknesses that do not concern this package: the id, and why. Told, never refused."""

REQUEST_SECONDS = 10
AUDIT_SECONDS = 180.0
"""Of one service: some two hundred requests, one after the other, by pip-audit."""


class NotCheckedError(Exception):
    """A service gave no answer; the text says what came instead."""


@dataclass(frozen=True)
class Weakness:
    """One that is known of a package that is installed.

    Attributes:
        package: name and version or, from npm, the versions that have it.
        ids: all its names, of several lists.
        text: what it is, or where that is told.
        shipped: whether users get the package.
    """

    package: str
    ids: tuple[str, ...]
    text: str
    shipped: bool

    def accepted(self, accepted: Mapping[str, str] = ACCEPTED) -> str | None:
        """Return why it does not matter here; None if it does."""
        return next((accepted[each] for each in self.ids if each in accepted), None)

    @property
    def refused(self) -> bool:
        """Whether nothing is released with it."""
        return self.shipped and self.accepted() is None

    def __str__(self) -> str:
        what = "users get it" if self.shipped else "a tool of ours"
        why = self.accepted()
        accepted = f"; accepted: {why}" if why else ""
        return f"{self.package} ({what}): {', '.join(self.ids)}: {self.text}{accepted}"


@dataclass(frozen=True)
class Audit:
    """What a service answered: the weaknesses among ``count`` packages."""

    count: int
    found: list[Weakness]


def read_pip_audit(report: Mapping[str, Any], shipped: Iterable[str]) -> Audit:
    """Return what a report of pip-audit says, without packages that it could not ask about."""
    mine = set(shipped)
    asked = [each for each in report["dependencies"] if "skip_reason" not in each]
    found = [
        Weakness(
            f"{each['name']} {each['version']}",
            (one["id"], *one.get("aliases", ())),
            f"{one['description'][:200]} Mended in: {', '.join(one['fix_versions']) or 'nothing'}.",
            canonical(each["name"]) in mine,
        )
        for each in asked
        for one in each["vulns"]
    ]
    return Audit(len(asked), found)


def read_npm_audit(report: Mapping[str, Any], lock: Mapping[str, Any]) -> Audit:
    """Return what a report of ``npm audit`` says; the lock file tells what is in the page.

    npm names also every package above the one that is weak; those have no advisory of their own.
    """
    packages: Mapping[str, Mapping[str, Any]] = lock["packages"]
    found = [
        Weakness(
            f"{name} {each['range']}",
            (str(via["url"]).rsplit("/", 1)[-1],),
            f"{via['title']} ({via['severity']}) {via['url']}",
            not all(packages.get(node, {}).get("dev") for node in each["nodes"]),
        )
        for name, each in report["vulnerabilities"].items()
        for via in each["via"]
        if isinstance(via, dict)
    ]
    return Audit(len(packages) - 1, found)


def report_of(command: Sequence[str], cwd: Path) -> dict[str, Any]:
    """Run a program that prints a report in JSON, whatever its status says.

    Raises:
        NotCheckedError: it printed none, or took too long.
    """
    try:
        result = subprocess.run(
            command,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=AUDIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotCheckedError(str(error)) from error
    try:
        report = json.loads(result.stdout)
    except ValueError:
        last = (result.stderr.strip() or "nothing was printed").splitlines()[-1]
        raise NotCheckedError(last) from None
    if not isinstance(report, dict) or not {"dependencies", "vulnerabilities"} & set(report):
        said = report.get("message") if isinstance(report, dict) else None
        raise NotCheckedError(f"no report: {str(said or report)[:300]}")
    return report


def ask_osv(packages: Path | None = None) -> Audit:
    """Ask OSV, or who is at PIP_AUDIT_OSV_URL, about a folder's Python packages; default: ours.

    Raises:
        NotCheckedError: there was no answer.
    """
    # PyPI's own service is no choice here: pip-audit takes one that is out of reach for a
    # service that does not know the packages, and reports that it found nothing.
    folder = packages or Path(sysconfig.get_path("purelib"))
    command = [
        *(sys.executable, "-m", "pip_audit", "--vulnerability-service", "osv"),
        *("--format", "json", "--progress-spinner", "off", "--timeout", str(REQUEST_SECONDS)),
        *("--skip-editable", "--path", str(folder)),
    ]
    return read_pip_audit(report_of(command, ROOT), shipped_packages())


def ask_npm(folder: Path = ROOT / "frontend") -> Audit:
    """Ask npm's registry, or that of npm_config_registry, about the packages of a lock file.

    Raises:
        NotCheckedError: there was no answer.
    """
    command = [
        *("npm", "audit", "--json", "--package-lock-only"),
        *("--fetch-retries=0", f"--fetch-timeout={REQUEST_SECONDS * 1000}"),
    ]
    lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))
    return read_npm_audit(report_of(command, folder), lock)


Questions = Mapping[str, Callable[[], Audit]]
QUESTIONS: Questions = {"Python packages": ask_osv, "packages of the page": ask_npm}


def run(questions: Questions, *, required: bool) -> int:
    """Ask and tell. Return 0, and with ``required`` 1 for a weakness and 2 for no answer."""
    refused, unchecked = False, False
    for name, ask in questions.items():
        try:
            audit = _audit(ask)
        except NotCheckedError as error:
            unchecked = True
            print(f"\nWARNING: {name}: NOTHING WAS CHECKED for known weaknesses.\n  {error}\n")
            continue
        print(f"{name}: {audit.count} checked, {len(audit.found)} known weaknesses")
        for each in audit.found:
            print(f"  {'WEAK' if each.refused else 'told'}: {each}")
        refused |= any(each.refused for each in audit.found)
    if refused:
        print("Nothing is to be released like this." if required else "A release would be refused.")
    if not required:
        return 0
    return 1 if refused else 2 if unchecked else 0


def _audit(ask: Callable[[], Audit]) -> Audit:
    try:
        audit = ask()
    except (AttributeError, KeyError, TypeError) as error:
        raise NotCheckedError(f"a report of another shape: {error!r}") from error
    if audit.count == 0:
        raise NotCheckedError("no package was asked about")
    return audit


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--required", action="store_true", help="fail for a weakness, or when a service is away"
    )
    return run(QUESTIONS, required=parser.parse_args().required)


if __name__ == "__main__":
    sys.exit(main())
