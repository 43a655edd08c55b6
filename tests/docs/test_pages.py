"""The documentation as somebody finds it: every page is reached, and no file is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))


def listed(entries: Any) -> Iterator[str]:
    for entry in entries:
        for value in entry.values():
            if isinstance(value, str):
                yield value
            else:
                yield from listed(value)


def test_the_navigation_has_every_page_once() -> None:
    text = (ROOT / "mkdocs.yml").read_text()
    pages = list(listed(yaml.safe_load(text)["nav"]))
    assert sorted(pages) == [str(page.relative_to(DOCS)) for page in PAGES]


def test_the_front_page_leads_to_every_guide() -> None:
    linked = set(re.findall(r"\((guides/[\w-]+\.md)", (DOCS / "index.md").read_text()))
    assert linked == {f"guides/{page.name}" for page in (DOCS / "guides").iterdir()}


@pytest.mark.parametrize("name", ["README.md", "docs/index.md", "docs/quickstart.md"])
async def test_the_first_code_that_somebody_copies_runs(name: str) -> None:
    """On an event loop, as Gradio asks for one when a page is made."""
    names: dict[str, object] = {}
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / name).read_text("utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        names.pop("demo", None)
        exec(block.replace("demo.launch()", ""), names)
        assert isinstance(names["demo"], gr.Blocks)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_files_that_a_page_shows_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    # A formatter of Python code takes a file's name in one line for an expression.
    assert "--8 <" not in text
    shown = re.findall(r'--8<-- "([^"]+)"', text) + re.findall(r"--8<--\n(.+)\n--8<--", text)
    for name in shown:
        assert (ROOT / name).is_file(), name


def test_every_file_to_deploy_is_named_in_the_guide() -> None:
    guides = "".join(page.read_text("utf-8") for page in (DOCS / "guides").iterdir())
    for folder in (ROOT / "deploy").iterdir():
        for file in folder.iterdir():
            if file.suffix != ".whl" and file.name[0] not in "._":
                assert f"deploy/{folder.name}/{file.name}" in guides, file
