from __future__ import annotations

from typing import Any

import pytest

from gradio_webrtc.client.errors import StreamNotFoundError
from gradio_webrtc.client.signaling.gradio_app import find_component

CONFIG: dict[str, Any] = {
    "components": [
        {"id": 1, "type": "button", "props": {"label": "Webcam"}},
        {"id": 2, "type": "webrtc", "props": {"label": "Voice", "elem_id": "voice"}},
        {"id": 5, "type": "webrtc", "props": {"label": "Webcam"}},
    ]
}


@pytest.mark.parametrize(("wanted", "found"), [("voice", 2), ("Webcam", 5), (0, 2), (1, 5)])
def test_a_component_is_found_by_id_label_or_number(wanted: str | int, found: int):
    assert find_component(CONFIG, wanted).id == found


@pytest.mark.parametrize("wanted", [None, "Radio", 2, -1])
def test_otherwise_the_error_lists_what_there_is(wanted: str | int | None):
    with pytest.raises(StreamNotFoundError, match="0: 'voice', 1: 'Webcam'"):
        find_component(CONFIG, wanted)


def test_the_only_one_needs_no_name_and_none_is_told():
    only = {"components": CONFIG["components"][:2]}
    assert find_component(only, None).id == 2
    configs: list[dict[str, Any]] = [{"components": []}, {}, {"components": "odd"}]
    for config in configs:
        with pytest.raises(StreamNotFoundError, match="no WebRTC component"):
            find_component(config, None)
