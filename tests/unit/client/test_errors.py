from __future__ import annotations

from gradio_webrtc.client.errors import NoPlaceError, RefusedError, refusal
from gradio_webrtc.json_values import Json


def test_a_refusal_has_its_code_its_words_and_what_to_do():
    meta: dict[str, Json] = {
        "error": "concurrency_limit_reached",
        "message": "All 2 places are taken.",
        "limit": 2,
    }
    error = refusal({"status": "failed", "meta": meta})
    assert isinstance(error, NoPlaceError)
    assert error.meta["limit"] == 2
    assert str(error).startswith("All 2 places are taken. Try again later")


def test_a_refusal_of_an_unknown_kind_is_one_all_the_same():
    error = refusal({"status": "failed", "meta": "odd"})
    assert type(error) is RefusedError
    assert (error.code, error.meta) == ("refused", {})
