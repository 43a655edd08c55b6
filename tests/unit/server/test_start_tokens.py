"""The values of a press: for one page only, for a while."""

from __future__ import annotations

import pytest

from gradio_webrtc.errors import UnknownStartError
from gradio_webrtc.server.start_tokens import REMEMBERED_PAGES, REMEMBERED_PER_PAGE, StartTokens


def test_values_come_back_as_often_as_they_are_asked_for() -> None:
    starts = StartTokens()
    first, second = starts.remember("page", [1, "a"]), starts.remember("page", ())
    assert first != second
    for _ in range(3):
        assert starts.recall(first, "page") == (1, "a")
        assert starts.recall(second, "page") == ()


@pytest.mark.parametrize("owner", ["other", "", None])
def test_they_are_nobody_elses(owner: str | None) -> None:
    starts = StartTokens()
    token = starts.remember("page", [1])
    with pytest.raises(UnknownStartError):
        starts.recall(token, owner)


def test_one_address_cannot_push_out_the_pages_of_others() -> None:
    starts = StartTokens()
    honest = starts.remember("honest", [1], "home")
    for number in range(2 * REMEMBERED_PAGES):
        last = starts.remember(f"page{number}", [number], "stranger")
    assert starts.recall(honest, "honest") == (1,)
    assert starts.recall(last, f"page{2 * REMEMBERED_PAGES - 1}")
    with pytest.raises(UnknownStartError):
        starts.recall(last, "page0")
    assert len(starts._pages) == len(starts._networks) == REMEMBERED_PAGES


@pytest.mark.parametrize("token", ["", "made-up", None, 7, ["x"], {}])
def test_what_is_no_token(token: object) -> None:
    starts = StartTokens()
    starts.remember("page", [1])
    with pytest.raises(UnknownStartError):
        starts.recall(token, "page")


def test_only_the_newest_of_a_page_are_kept() -> None:
    starts = StartTokens()
    tokens = [starts.remember("page", [number]) for number in range(REMEMBERED_PER_PAGE + 1)]
    with pytest.raises(UnknownStartError):
        starts.recall(tokens[0], "page")
    assert [starts.recall(token, "page") for token in tokens[1:]] == [
        (number,) for number in range(1, REMEMBERED_PER_PAGE + 1)
    ]


def test_a_page_that_is_used_outlives_those_that_are_not() -> None:
    starts = StartTokens()
    used, unused = starts.remember("used", [1]), starts.remember("unused", [2])
    for number in range(REMEMBERED_PAGES - 1):
        starts.recall(used, "used")
        starts.remember(f"page-{number}", [number])
    assert starts.recall(used, "used") == (1,)
    with pytest.raises(UnknownStartError):
        starts.recall(unused, "unused")
