"""What a client may use as an id, and who may act on a session."""

from __future__ import annotations

import pytest

from gradio_webrtc.errors import InvalidIdError
from gradio_webrtc.session.ids import check_id, may_act


@pytest.mark.parametrize(
    "value",
    ["a", "7", "3f0c9a52-7f27-4f0e-9b1e-6b3f0e8a5d11", "A.b_c:d-e", "x" * 128, "a~b=+@!$&'()*,;"],
)
def test_good_ids(value: str) -> None:
    assert check_id(value) == value


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x" * 129,
        "a b",
        "a/b",
        "a%20b",
        "a?b",
        "a#b",
        'a"b',
        "<b>",
        "é",
        "a\n",
        "\n",
        "a\x00",
        None,
        7,
        b"a",
        ["a"],
    ],
)
def test_bad_ids(value: object) -> None:
    with pytest.raises(InvalidIdError, match="1 to 128 characters"):
        check_id(value)


@pytest.mark.parametrize(
    ("page", "owner", "may"),
    [
        (None, "page", True),  # the app itself
        (None, None, True),
        ("page", "page", True),
        ("page", None, True),  # nobody's session: whoever knows its id
        ("other", "page", False),
        ("", "page", False),
    ],
)
def test_who_may_act_on_a_session(page: str | None, owner: str | None, may: bool) -> None:
    assert may_act(page, owner) is may
