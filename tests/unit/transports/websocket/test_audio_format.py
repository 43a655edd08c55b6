"""Which forms of sound a client may ask for, and in what words others are refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradio_webrtc.errors import InvalidFormatError
from gradio_webrtc.handlers.protocol import AudioFormat
from gradio_webrtc.transports.websocket.audio_format import SocketAudioFormat, read_formats

HANDLER = AudioFormat(16_000, "mono", 24_000)
MU_LAW = (SocketAudioFormat("mulaw", 16_000), SocketAudioFormat("mulaw", 24_000))


@pytest.mark.parametrize(
    ("asked", "formats"),
    [
        (None, MU_LAW),
        ({}, MU_LAW),
        ({"input": {}, "output": None, "other": 1}, MU_LAW),
        ({"input": "pcm16"}, (SocketAudioFormat("pcm16", 16_000), MU_LAW[1])),
        ({"output": "opus"}, (MU_LAW[0], SocketAudioFormat("opus", 48_000))),
        (
            {"input": {"encoding": "opus", "sample_rate": 48_000}, "output": {"sample_rate": 8000}},
            (SocketAudioFormat("opus", 48_000), SocketAudioFormat("mulaw", 8_000)),
        ),
        (
            {"output": {"encoding": "pcm16", "sample_rate": 44_100}},
            (MU_LAW[0], SocketAudioFormat("pcm16", 44_100)),
        ),
    ],
)
def test_what_is_asked_for_and_the_handlers_own_rates_otherwise(asked: Any, formats: Any) -> None:
    assert read_formats(asked, HANDLER) == formats


def test_a_handler_may_have_any_rate() -> None:
    odd = AudioFormat(11_025, "mono", 96_000)
    assert [each.sample_rate for each in read_formats(None, odd)] == [11_025, 96_000]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("pcm16", '"format" must be'),
        ([], '"format" must be'),
        ({"input": 7}, '"input" must be an encoding'),
        ({"input": ["pcm16"]}, '"input" must be an encoding'),
        ({"output": "mp3"}, "must be one of: mulaw, pcm16, opus"),
        ({"output": {"encoding": None}}, "must be one of"),
        ({"output": {"encoding": {}}}, "must be one of"),
        ({"input": {"encoding": "opus", "sample_rate": 16_000}}, "48000 for Opus"),
        ({"input": {"sample_rate": 7_999}}, "multiple of 50 from 8000 to 48000"),
        ({"input": {"sample_rate": 16_001}}, "multiple of 50"),
        ({"input": {"sample_rate": 96_000}}, "multiple of 50"),
        ({"input": {"sample_rate": 16_000.0}}, "multiple of 50"),
        ({"input": {"sample_rate": True}}, "multiple of 50"),
        ({"input": {"sample_rate": "16000"}}, "multiple of 50"),
        ({"input": {"sample_rate": 10**400}}, "multiple of 50"),
    ],
)
def test_anything_else_is_refused_in_words(asked: Any, words: str) -> None:
    with pytest.raises(InvalidFormatError, match=words):
        read_formats(asked, HANDLER)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda values: st.lists(values) | st.dictionaries(st.sampled_from(["encoding", "x"]), values),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(["input", "output", "x"]), JSON) | JSON)
def test_no_json_breaks_it(asked: Any) -> None:
    try:
        heard, sent = read_formats(asked, HANDLER)
    except InvalidFormatError:
        return
    assert min(heard.sample_rate, sent.sample_rate) >= 8_000
