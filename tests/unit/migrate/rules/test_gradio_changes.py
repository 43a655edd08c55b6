"""The table against the Gradio that is installed: what is gone is gone, what is new is there."""

import pytest

from gradio_webrtc.migrate.rules.gradio_changes import KEYWORDS, NAMES, Change
from tests.unit.migrate.checking import INSTALLED

CALLABLES = {
    "launch": "gradio.Blocks.launch",
    "queue": "gradio.Blocks.queue",
    "*": "gradio.Button.click",
}
STILL_TAKEN = {("Dataframe", "col_count"), ("*", "api_name")}


def takes(owner: str, name: str) -> bool:
    known = INSTALLED.parameters(CALLABLES.get(owner, f"gradio.{owner}"))
    return known is not None and name in known


@pytest.mark.parametrize("place", KEYWORDS)
def test_what_changed_is_not_taken_any_more(place: tuple[str, str]) -> None:
    assert takes(*place) == (place in STILL_TAKEN)


def changes() -> list[tuple[str, Change]]:
    found = [(owner, change) for (owner, _), all_ in KEYWORDS.items() for change in all_]
    return [(owner, change) for owner, change in found if change.new]


@pytest.mark.parametrize(("owner", "change"), changes())
def test_what_is_written_instead_is_taken(owner: str, change: Change) -> None:
    assert takes(owner, change.new.partition("=")[0])


@pytest.mark.parametrize("name", NAMES)
def test_names_that_are_gone_are_gone(name: str) -> None:
    assert not INSTALLED.has(f"gradio.{name}")
