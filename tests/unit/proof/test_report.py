"""The page of results is made of the file of results, and of nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from proof.parts import PARTS, Chart, Finding
from proof.report import __main__ as command
from proof.report.charts import COLOURS, INK, PAPER, described
from proof.report.page import FOLDER, KEPT, ordered, text, write
from proof.report.results import merge, read, result

DOCS = Path(__file__).resolve().parents[3] / "docs"
MOST_BYTES = 100_000

COST = Chart(
    "CPU of each session",
    "sessions",
    "% of a core",
    {"here": [(1, 4.5), (20, 2.5), (50, 2.25)], "bare": [(1, 7.0), (20, 4.0)]},
    bound=3.0,
)
TRIPS = Chart("Round trip", "size", "ms", {"here": [("320x240", 37.0), ("640x480", 40.0)]})
FOUND = [
    Finding("CPU of each of 50 sessions", "2.3 %", "3 %", chart=COST),
    Finding("frames | pictures lost", "7", "0", held=False),
    Finding("round trip", "40 ms", chart=TRIPS),
]


@pytest.fixture(autouse=True)
def parts(monkeypatch):
    monkeypatch.setitem(PARTS, "made_up", "what a test made up")


def test_the_page_tells_every_figure_and_what_failed():
    page = text({"made_up": result("made_up", "what a test made up", 61.0, FOUND)})
    assert "1 of 2 bounds held." in page
    assert "| CPU of each of 50 sessions | 2.3 % | 3 % | ok |" in page
    assert r"| frames \| pictures lost | 7 | 0 | **failed** |" in page
    assert "| round trip | 40 ms |  |  |" in page
    assert "| [made_up](#made_up) | 1 of 2 held | 61 |" in page
    assert "## Made up { #made_up }" in page


def test_pictures_are_small_and_described_and_those_of_earlier_results_are_gone(tmp_path):
    made_up = result("made_up", "what a test made up", 61.0, FOUND)
    write({"made_up": replace(made_up, findings=(*FOUND[1:], *FOUND[:1]))}, tmp_path)
    folder = tmp_path / FOLDER
    before = (folder / "made_up-3.svg").read_bytes()
    written = write({"made_up": made_up}, tmp_path)
    assert (folder / "made_up-1.svg").read_bytes() == before  # the same figures, the same picture
    pictures = sorted(path.name for path in folder.iterdir() if path.name != KEPT)
    assert pictures == ["made_up-1.png", "made_up-1.svg", "made_up-3.png", "made_up-3.svg"]
    assert {path.name for path in written} == {"performance.md", KEPT, *pictures}
    for path in folder.glob("*.png"):
        with Image.open(path) as picture:
            assert picture.size == (720, 360)
    for path in (folder / name for name in pictures):
        assert path.stat().st_size < MOST_BYTES
    shown = "".join(ElementTree.parse(folder / "made_up-1.svg").getroot().itertext())
    for words in ("CPU of each session", "sessions", "% of a core", "here", "bare", "asked"):
        assert words in shown
    page = (tmp_path / "performance.md").read_text()
    assert f"[![{described(COST)}]({FOLDER}/made_up-1.svg)" in page
    assert described(COST) == (
        "CPU of each session: % of a core by sessions; here: 4.5 at 1, 2.25 at 50; "
        "bare: 7 at 1, 4 at 20; asked: 3"
    )
    assert described(TRIPS) == "Round trip: ms by size; here: 320x240 37, 640x480 40"
    long = Chart("Waits", "minutes", "ms", {"here": [(0.00773333, 0.25), (9.8412, 1234.5)]})
    assert described(long) == "Waits: ms by minutes; here: 0.25 at 0.00773, 1234 at 9.84"


def test_what_is_drawn_has_the_contrast_of_text():
    for colour in (INK, *COLOURS):
        assert _contrast(colour, PAPER) >= 4.5


def test_parts_that_were_not_run_again_stay_on_the_page(tmp_path, capsys):
    run = tmp_path / "run.json"
    arguments = ["--results", str(run), "--docs", str(tmp_path)]
    assert command.main(arguments) == 2
    assert "run `make proof` first" in capsys.readouterr().err
    merge(run, [result("hearing", "words", 9.0, FOUND[2:]), result("gone", "x", 1.0, FOUND)])
    assert command.main(arguments) == 0
    run.unlink()
    merge(run, [result("made_up", "what a test made up", 61.0, FOUND[1:2])])
    assert command.main(arguments) == 0
    page = (tmp_path / "performance.md").read_text()
    assert page.index("## Hearing") < page.index("## Made up")
    assert "gone" not in page
    assert list(read(tmp_path / FOLDER / KEPT)) == ["hearing", "made_up"]


def test_the_page_in_the_documentation_is_what_its_results_make():
    """It is never written by hand: ``make performance`` writes it."""
    results = read(DOCS / FOLDER / KEPT)
    assert results == ordered(results)
    page = (DOCS / "performance.md").read_text()
    assert page == text(results)
    named = set(re.findall(rf"\({FOLDER}/([^)]*\.(?:svg|png))\)", page))
    files = {path.name for path in (DOCS / FOLDER).iterdir()} - {KEPT}
    assert named == files
    assert all((DOCS / FOLDER / name).stat().st_size < MOST_BYTES for name in files)


def _contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2 between two colours ``#rrggbb``."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    values = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]
    return sum(weight * v for weight, v in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
