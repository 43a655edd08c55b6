"""Gradio's own tools for component authors, used on a clean clone of this repository."""

from __future__ import annotations

import os
import re
import sys
import sysconfig
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.packaging.browsing import visit
from tests.packaging.conftest import Distributions, Environment
from tests.packaging.processes import environment, run, running

LAUNCHER = """#!{python}
from gradio.cli import cli

cli()
"""

PROOF = '\n<span data-testid="hot-reload-proof">edited</span>\n'


@pytest.fixture(scope="module")
def workshop(
    clone: Path, distributions: Distributions, tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    """An environment that sees the packages of this one, but not this one's gradio_webrtc.

    Sharing them spares a second download of everything. The clone has had its npm packages
    installed by the build that ``distributions`` stands for.
    """
    created = Environment(tmp_path_factory.mktemp("workshop") / "venv")
    run([sys.executable, "-m", "venv", created.directory], cwd=clone)
    own = run(
        [created.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], cwd=clone
    )
    # A path line takes in a directory's packages and not its .pth files, so not the editable
    # install of the checkout that these tests belong to.
    shared = Path(own.strip()) / "shared.pth"
    shared.write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    gradio = created.scripts / "gradio"
    gradio.write_text(LAUNCHER.format(python=created.python), encoding="utf-8")
    gradio.chmod(0o755)
    return created


@pytest.fixture(scope="module")
def tools(workshop: Environment) -> dict[str, str]:
    """The environment variables of someone who has activated the workshop and has Node."""
    here = Path(sys.executable).parent  # not resolved: the virtual environment's own directory
    return environment(
        PATH=os.pathsep.join([str(workshop.scripts), str(here), os.environ["PATH"]]),
        VIRTUAL_ENV=str(workshop.directory),
    )


@pytest.fixture(scope="module")
def installed(workshop: Environment, clone: Path, tools: dict[str, str]) -> Path:
    """The clone after ``gradio cc install``."""
    run([workshop.scripts / "gradio", "cc", "install"], cwd=clone, env=tools)
    return clone


def test_install(workshop: Environment, installed: Path, tools: dict[str, str]) -> None:
    program = "import gradio_webrtc; print(gradio_webrtc.__file__)"
    where = run([workshop.python, "-c", program], cwd=installed.parent, env=tools)
    assert Path(where.strip()).is_relative_to(installed)


def test_build(workshop: Environment, installed: Path, tools: dict[str, str]) -> None:
    templates = installed / "backend" / "gradio_webrtc" / "templates" / "component"
    (wheel,) = (installed / "dist").glob("*.whl")
    wheel.unlink()
    (templates / "index.js").unlink()
    command = [str(workshop.scripts / "gradio"), "cc", "build", "--no-generate-docs"]
    run(command, cwd=installed, env=tools)
    assert (templates / "index.js").is_file()
    assert wheel.is_file()
    # Gradio's build rewrites pyproject.toml (and, unless told not to, documentation and a demo).
    assert run(["git", "diff", "--stat", "--", ".", ":!frontend"], cwd=installed) == ""


def test_dev_shows_the_component_and_hot_reloads(
    workshop: Environment, installed: Path, tools: dict[str, str], tmp_path: Path
) -> None:
    source = installed / "frontend" / "Index.svelte"
    original = source.read_text(encoding="utf-8")
    command = [str(workshop.scripts / "gradio"), "cc", "dev", "demo/echo/app.py"]
    with running(command, cwd=installed, env=tools, log=tmp_path / "log") as program:
        line = program.wait_for("Frontend Server")
        address = re.search(r"https?://[^\s\x1b]+", line)
        assert address is not None, line
        with visit(address.group()) as visited:
            component = visited.page.get_by_test_id("webrtc").first
            expect(component).to_be_visible(timeout=90_000)
            assert visited.errors == []
            # All packages were found before the page was served; nothing was prepared anew for it.
            assert "optimized dependencies changed" not in (tmp_path / "log").read_text()
            visited.page.evaluate("window.notReloaded = true")
            try:
                source.write_text(original + PROOF, encoding="utf-8")
                proof = visited.page.get_by_test_id("hot-reload-proof").first
                expect(proof).to_have_text("edited", timeout=30_000)
            finally:
                source.write_text(original, encoding="utf-8")
            assert visited.page.evaluate("window.notReloaded") is True
            assert visited.errors == []
