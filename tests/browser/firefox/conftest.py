"""Firefox in place of Chromium for all that a test asks of a page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright

from tests.browser.conftest import Browsers
from tests.support.firefox import launch_firefox


@pytest.fixture(scope="package")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder that pages save files into."""
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="package")
def browsers(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory, downloads: Path
) -> Iterator[Browsers]:
    """Give the Firefox with some preferences, ``NAME=true`` or ``NAME=false``, started once."""
    running: dict[tuple[str, ...], Browser] = {}

    def browser(*flags: str) -> Browser:
        if flags not in running:
            given = dict(flag.split("=") for flag in flags)
            running[flags] = launch_firefox(
                playwright,
                tmp_path_factory.mktemp("firefox"),
                {name: value == "true" for name, value in given.items()},
                downloads,
            )
        return running[flags]

    yield browser
    for each in running.values():
        each.close()


@pytest.fixture(scope="package")
def usual_flags() -> tuple[str, ...]:
    """What a test has that asks for nothing else."""
    return ()
