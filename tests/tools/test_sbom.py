"""The list of what a release brings with it."""

from __future__ import annotations

import json
import sys
from importlib import metadata
from pathlib import Path

import pytest

import sbom


@pytest.fixture(autouse=True)
def _node(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")


def test_a_list_names_what_users_get_and_no_tool(tmp_path):
    """By the real tools; the schema is held by the command itself."""
    written = sbom.write(tmp_path / "dist")
    bom = json.loads(written.read_text())
    version = metadata.version("gradio_webrtc")
    assert written.name == f"gradio_webrtc-{version}.cdx.json"
    assert bom["metadata"]["component"]["purl"] == f"pkg:pypi/gradio-webrtc@{version}"
    named = {each["purl"].rpartition("@")[0] for each in bom["components"]}
    assert {f"pkg:pypi/{name}" for name in ("aiortc", "aioice", "av", "gradio", "redis")} <= named
    assert {"pkg:npm/svelte", "pkg:npm/%40gradio/atoms"} <= named
    assert not {f"pkg:pypi/{name}" for name in ("pytest", "mypy", "mkdocs")} & named
    assert not {"pkg:npm/eslint", "pkg:npm/vitest"} & named
    av = next(each for each in bom["components"] if each["name"] == "av")
    assert av["version"] == metadata.version("av")
    text = written.read_text()
    assert "file:" not in text
    assert str(Path(__file__).resolve().parents[2]) not in text


LOCK = {
    "packages": {
        "": {"name": "page"},
        "node_modules/in-the-page": {"version": "1.0.0"},
        "node_modules/a-tool": {"version": "2.0.0", "dev": True},
        "node_modules/a-tool/node_modules/in-the-page": {"version": "3.0.0", "dev": True},
    }
}
NPM = {
    "metadata": {"component": {"bom-ref": "page@1"}},
    "components": [
        {
            "bom-ref": ref,
            "name": ref.split("@")[0],
            "version": ref.split("@")[1],
            "purl": f"pkg:{ref}",
        }
        for ref in ("in-the-page@1.0.0", "a-tool@2.0.0", "in-the-page@3.0.0")
    ],
    "dependencies": [
        {"ref": "page@1", "dependsOn": ["in-the-page@1.0.0", "a-tool@2.0.0"]},
        {"ref": "a-tool@2.0.0", "dependsOn": ["in-the-page@3.0.0"]},
        {"ref": "in-the-page@1.0.0"},
    ],
}
PYTHON = {
    "metadata": {"component": {"bom-ref": "root", "name": "gradio_webrtc", "version": "1.0"}},
    "components": [
        {
            "bom-ref": "numpy==2",
            "name": "numpy",
            "version": "2",
            "externalReferences": [{"type": "distribution", "url": "file:///home/me/numpy.whl"}],
        },
        {"bom-ref": "pytest==8", "name": "pytest", "version": "8", "purl": "pkg:pypi/pytest@8"},
    ],
    "dependencies": [{"ref": "root", "dependsOn": ["numpy==2", "pytest==8"]}, {"ref": "numpy==2"}],
}


def test_one_list_of_both_and_what_needs_what():
    bom = sbom.merged(PYTHON, NPM, LOCK)
    assert [each["purl"] for each in bom["components"]] == [
        "pkg:in-the-page@1.0.0",
        "pkg:pypi/numpy@2",
    ]
    assert {each["ref"]: each["dependsOn"] for each in bom["dependencies"]} == {
        "pkg:pypi/gradio-webrtc@1.0": ["pkg:in-the-page@1.0.0", "pkg:pypi/numpy@2"],
        "pkg:in-the-page@1.0.0": [],
        "pkg:pypi/numpy@2": [],
    }
    assert "/home/me" not in json.dumps(bom)


def test_no_list_without_the_page_s_packages(tmp_path, monkeypatch, capsys):
    (tmp_path / "package.json").write_text('{"name": "page", "dependencies": {"svelte": "5.0.0"}}')
    monkeypatch.setattr(sbom, "NPM_LOCK", tmp_path / "package-lock.json")
    with pytest.raises(sbom.SbomError, match="npm sbom"):
        sbom.npm_list()
