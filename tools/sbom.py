"""Writes what a release brings with it, as one CycloneDX list (SBOM) of Python and npm packages.

``python tools/sbom.py --output dist``: the Python packages of this environment that people get with
the package and its extras for users, and the npm packages that the page's bundle is made of, with
versions, licences, hashes and what needs what. The Python packages are ranges in a wheel's
metadata; the list has the versions that were installed here, and so tested.

Nothing is asked of the network. The same sources and packages give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from shipped import DISTRIBUTION, canonical, shipped_packages

ROOT = Path(__file__).resolve().parents[1]
SPEC_VERSION = "1.6"
NPM_LOCK = ROOT / "frontend" / "package-lock.json"

Component = dict[str, Any]


class SbomError(RuntimeError):
    """No list could be made; the text has what the program said that should have made it."""


def python_list() -> dict[str, Any]:
    """Return what cyclonedx-py says about this environment.

    Raises:
        SbomError: it failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "python.json"
        _run(
            [
                *(sys.executable, "-m", "cyclonedx_py", "environment", sys.executable),
                *("--pyproject", str(ROOT / "pyproject.toml"), "--mc-type", "library"),
                *("--spec-version", SPEC_VERSION, "--output-reproducible"),
                *("--output-format", "JSON", "--output-file", str(target), "--no-validate"),
            ],
            ROOT,
        )
        return _object(target.read_text(encoding="utf-8"))


def npm_list() -> dict[str, Any]:
    """Return what npm says about all that is installed in the front end.

    Raises:
        SbomError: it failed, as without ``node_modules``.
    """
    # Not with --omit dev: that also leaves out what tools and the page both need, as Svelte itself.
    command = ["npm", "sbom", "--sbom-format", "cyclonedx", "--sbom-type", "library"]
    return _object(_run(command, NPM_LOCK.parent))


def _run(command: Sequence[str], cwd: Path) -> str:
    try:
        result = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    except OSError as error:
        raise SbomError(str(error)) from error
    if result.returncode:
        raise SbomError(f"{' '.join(command)}\n{result.stderr[-2000:]}")
    return result.stdout


def _object(text: str) -> dict[str, Any]:
    parsed = json.loads(text)
    assert isinstance(parsed, dict)
    return parsed


def page_packages(lock: Mapping[str, Any]) -> set[str]:
    """Return ``name@version`` of what the page may be made of, by npm's lock file."""
    return {
        f"{path.rpartition('node_modules/')[2]}@{entry['version']}"
        for path, entry in lock["packages"].items()
        if path and not (entry.get("dev") or entry.get("devOptional"))
    }


def _identity(component: Component) -> str:
    return f"{component['name']}@{component['version']}"


def merged(python: Mapping[str, Any], npm: Mapping[str, Any], lock: Mapping[str, Any]) -> Component:
    """Return one list of both, with this package as what it is about."""
    mine, page = shipped_packages(), page_packages(lock)
    own = {canonical(DISTRIBUTION)}
    of_python = [
        _from_index(each)
        for each in python["components"]
        if canonical(each["name"]) in mine and canonical(each["name"]) not in own
    ]
    of_page = [_without_author(each) for each in npm["components"] if _identity(each) in page]
    root: Component = dict(python["metadata"]["component"])
    root["bom-ref"] = root["purl"] = f"pkg:pypi/{canonical(DISTRIBUTION)}@{root['version']}"
    components = sorted(of_python + of_page, key=lambda each: str(each["purl"]))
    known = {each["bom-ref"]: each["purl"] for each in components}
    needs = {
        known[each["ref"]]: [known[one] for one in each.get("dependsOn", []) if one in known]
        for each in [*python["dependencies"], *npm["dependencies"]]
        if each["ref"] in known
    }
    needs[root["bom-ref"]] = [*_direct(python, known), *_direct_of_page(npm, known)]
    return {
        "$schema": f"http://cyclonedx.org/schema/bom-{SPEC_VERSION}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": SPEC_VERSION,
        "version": 1,
        "metadata": {"component": root, "lifecycles": [{"phase": "build"}]},
        "components": [{**each, "bom-ref": each["purl"]} for each in components],
        "dependencies": [
            {"ref": ref, "dependsOn": sorted(set(on))} for ref, on in sorted(needs.items())
        ],
    }


def _direct(python: Mapping[str, Any], known: Mapping[str, str]) -> list[str]:
    """What the package itself requires, extras included: cyclonedx-py tells it of its root."""
    root = python["metadata"]["component"]["bom-ref"]
    (of_root,) = (each for each in python["dependencies"] if each["ref"] == root)
    return [known[ref] for ref in of_root.get("dependsOn", []) if ref in known]


def _direct_of_page(npm: Mapping[str, Any], known: Mapping[str, str]) -> list[str]:
    root = npm["metadata"]["component"]["bom-ref"]
    (of_root,) = (each for each in npm["dependencies"] if each["ref"] == root)
    return [known[ref] for ref in of_root.get("dependsOn", []) if ref in known]


def _from_index(component: Component) -> Component:
    """Return a Python component as from the index, wherever it was installed from."""
    references = [
        each
        for each in component.get("externalReferences", [])
        if not each["url"].startswith("file:")
    ]
    purl = f"pkg:pypi/{canonical(component['name'])}@{component['version']}"
    return {"purl": purl, **component, "externalReferences": references}


def _without_author(component: Component) -> Component:
    """Return an npm component without the address of the person who wrote it."""
    return {key: value for key, value in component.items() if key != "author"}


def write(folder: Path) -> Path:
    """Write the list into ``folder`` and return its path.

    Raises:
        SbomError: one of the lists could not be made, or the whole breaks the schema.
    """
    lock = _object(NPM_LOCK.read_text(encoding="utf-8"))
    bom = merged(python_list(), npm_list(), lock)
    text = json.dumps(bom, indent=2, sort_keys=True) + "\n"
    _check(text)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{DISTRIBUTION}-{bom['metadata']['component']['version']}.cdx.json"
    target.write_text(text, encoding="utf-8")
    return target


def _check(text: str) -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if error is not None:
        raise SbomError(f"the list breaks CycloneDX's schema: {error}")


def main() -> int:
    """Run the command line; return 1 when there is no list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="a folder")
    try:
        print(write(parser.parse_args().output))
    except SbomError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
