"""How many bits an author wants at most."""

from __future__ import annotations

import pytest

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.media.video.resolution import MAX_RESOLUTION
from gradio_webrtc.transports.media_preferences import MediaPreferences, bitrates


@pytest.mark.parametrize(
    ("value", "limits"),
    [
        (None, {}),
        (2_000_000, {"video": 2_000_000}),
        ({"audio": 24_000}, {"audio": 24_000}),
        ({"audio": 6_000, "video": 500_000}, {"audio": 6_000, "video": 500_000}),
    ],
)
def test_a_number_is_for_video(value: object, limits: dict[str, int]) -> None:
    assert bitrates(value) == limits


@pytest.mark.parametrize("value", [True, 5_999, 2.5e6, "2M", {"video": None}, {"audio": -1}])
def test_what_is_no_bitrate_names_the_unit_and_what_came(value: object) -> None:
    with pytest.raises(ConfigurationError, match="bits per second, from 6000 up; got"):
        bitrates(value)


def test_other_kinds_are_named() -> None:
    with pytest.raises(ConfigurationError, match="keys 'audio' and 'video'; got 'screen'"):
        bitrates({"screen": 500_000})  # type: ignore[dict-item]


def test_by_default_only_the_size_of_received_video_is_limited() -> None:
    assert MediaPreferences() == MediaPreferences(None, None, None, MAX_RESOLUTION)
