"""What published code asks of a stream: quiet for ids of nobody, the same as our own for others."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest
import pytest_asyncio

from gradio_webrtc import AdditionalOutputs, ConfigurationError, Stream, WebRTC, WebRTCData
from gradio_webrtc.session.session import Session
from tests.support.echo_handlers import EchoHandler
from tests.support.registry import enter, handler_of
from tests.support.sessions import settle, until

Published = Stream | WebRTC


def stream() -> Stream:
    return Stream(EchoHandler(), modality="audio")


def component() -> WebRTC:
    with gr.Blocks():
        webrtc = WebRTC(modality="audio")
        webrtc.stream(EchoHandler(), inputs=[webrtc], outputs=[webrtc])
    return webrtc


@pytest_asyncio.fixture(params=[stream, component])
async def owner(request: pytest.FixtureRequest) -> Published:
    made: Published = request.param()
    return made


def enter_one(owner: Published) -> Session:
    session = enter(owner._hosting().registry, "a")
    session.on_connected()
    return session


async def test_values_come_with_the_components_value_as_the_id(owner: Published):
    session = enter_one(owner)
    owner.set_input_gradio("a", 1, 2)
    owner.set_input_gradio(WebRTCData("a", "typed"), 3)
    await settle()
    assert handler_of(session).args == [(1, 2), (3,)]
    await session.aclose()


async def test_a_submit_is_one(owner: Published):
    session = enter_one(owner)
    await settle()
    data = WebRTCData("a", "typed")
    owner.set_input_on_submit(data, 3)
    await until(lambda: handler_of(session).submitted)
    assert handler_of(session).submitted == [(data, 3)]
    await session.aclose()


async def test_with_an_id_alone_the_live_handler_is_asked_to_respond(
    owner: Published, monkeypatch: pytest.MonkeyPatch
):
    session = enter_one(owner)
    asked: list[str] = []

    class Handler:
        def trigger_response(self) -> None:
            asked.append("now")

    monkeypatch.setattr(session, "user_code", Handler)
    owner.set_input_on_submit("a", 3)
    await settle()
    assert handler_of(session).args == [(3,)]
    assert asked == ["now"]
    await session.aclose()


async def test_an_app_may_say_something_beside_the_stream(owner: Published):
    session = enter_one(owner)
    say = owner.set_additional_outputs("a")
    say(AdditionalOutputs("from outside"))
    assert (await owner.fetch_latest_output("a")).args == ("from outside",)
    await session.aclose()
    say(AdditionalOutputs("too late"))


async def test_connections_are_closed_either_way(owner: Published):
    session = enter_one(owner)
    await owner.update_connection(WebRTCData("a"), "closed")
    await settle()
    assert session.ending is not None
    await session.aclose()
    again: Any = "open"
    with pytest.raises(ConfigurationError, match="desired_state"):
        await owner.update_connection("a", again)


async def test_nobody_is_no_error(owner: Published):
    owner.set_input_gradio("nobody", 1)
    owner.set_input_on_submit("nobody", 1)
    owner.clean_up("nobody")
    owner.set_additional_outputs("nobody")(AdditionalOutputs(1))
    await owner.update_connection("nobody", "closed")


async def test_live_handlers_are_found_by_id(owner: Published):
    session = enter_one(owner)
    assert owner.handlers == {"a": handler_of(session)}
    await session.aclose()
    assert owner.handlers == {}


async def test_a_component_that_does_not_stream_has_no_handlers():
    with gr.Blocks():
        assert WebRTC().handlers == {}
