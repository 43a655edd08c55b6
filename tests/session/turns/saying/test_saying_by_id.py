"""What an app says in a session that it knows by its id."""

from __future__ import annotations

import gradio as gr
import numpy as np
import pytest

from gradio_webrtc import (
    ConfigurationError,
    ReplyOnPause,
    SessionClosedError,
    Stream,
    UnknownConnectionError,
    WebRTC,
    WebRTCData,
)
from gradio_webrtc.gradio_events import stream_methods
from tests.support.registry import enter
from tests.support.scripted_conversation import Replier, ScriptedReply, Talk

BEEP = (48_000, np.full((1, 4_800), 99, np.int16))


def component() -> WebRTC:
    with gr.Blocks():
        voice = WebRTC(modality="audio")
        voice.stream(ReplyOnPause(print), inputs=[voice], outputs=[voice])
    return voice


async def test_a_stream_and_a_component_say_something_in_one_session() -> None:
    stream, voice = Stream(ReplyOnPause(print), modality="audio"), component()
    async with Talk(ScriptedReply(Replier())) as talk:
        for registry in (stream.host.registry, voice._streaming().registry):
            registry.add(registry.claim("a", None), talk.session)
        assert (await stream.say("a", BEEP)).outcome == "played"
        assert (await voice.say("a", BEEP)).outcome == "played"
        assert (await voice.say(WebRTCData("a"), BEEP, "now")).outcome == "played"


async def test_only_the_page_itself_may_in_its_events(monkeypatch: pytest.MonkeyPatch) -> None:
    voice = component()
    registry = voice._streaming().registry
    async with Talk(ScriptedReply(Replier())) as talk:
        talk.session.owner = "page"
        registry.add(registry.claim("a", "page"), talk.session)
        monkeypatch.setattr(stream_methods, "page_of_event", lambda: "another page")
        with pytest.raises(UnknownConnectionError):
            voice.say("a", BEEP)
        voice.say("a", BEEP, check_owner=False).cancel()
        monkeypatch.setattr(stream_methods, "page_of_event", lambda: "page")
        assert (await voice.say("a", BEEP)).outcome == "played"


async def test_a_handler_may_have_a_say_of_its_own() -> None:
    class Own(ScriptedReply):
        def say(self, text: str) -> str:  # type: ignore[override]
            return text

    stream = Stream(ReplyOnPause(print), modality="audio")
    async with Talk(Own(Replier())) as talk:
        stream.host.registry.add(stream.host.registry.claim("a", None), talk.session)
        assert (await stream.say("a", BEEP)).outcome == "played"


async def test_errors_say_what_is_wrong() -> None:
    stream = Stream(ReplyOnPause(print), modality="audio")
    with pytest.raises(UnknownConnectionError):
        stream.say("nobody", BEEP)
    session = enter(stream.host.registry, "a")
    with pytest.raises(ConfigurationError, match="works with ReplyOnPause"):
        stream.say("a", BEEP)
    session.user_code = lambda: None
    with pytest.raises(SessionClosedError, match="not yet, or no more"):
        stream.say("a", BEEP)
    await session.aclose()
