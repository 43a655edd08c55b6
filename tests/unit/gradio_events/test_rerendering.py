"""A component that ``gr.render`` makes anew, on the server's side."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

import gradio as gr
import pytest
from gradio.blocks import BlocksConfig
from gradio.context import LocalContext
from gradio.state_holder import SessionState

from gradio_webrtc import AdditionalOutputs, WebRTC
from gradio_webrtc.gradio_events.rerendering import DRAWN_ANEW
from gradio_webrtc.server.output_mailbox import Delivery
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import CloseReason
from tests.support.sessions import make_session, outputs_of

Draw = Callable[[], object]


class Page:
    """One person's page of ``demo``, whose renderings are drawn by hand."""

    def __init__(self, demo: gr.Blocks) -> None:
        self.demo = demo
        self.config: BlocksConfig = SessionState(demo).blocks_config

    def draw(self) -> None:
        def apply() -> None:
            LocalContext.blocks_config.set(self.config)
            self.demo.renderables[0].apply()

        copy_context().run(apply)

    def components(self) -> list[WebRTC]:
        """Return what is drawn now, in order."""
        container: Any = self.config.blocks[self.demo.renderables[0].container_id]
        return [block for block in container.children if isinstance(block, WebRTC)]

    def numbers(self) -> set[int]:
        """Return the numbers of the listeners that were made in renderings."""
        return {number for number, fn in self.config.fns.items() if fn.rendered_in is not None}

    def asked_for(self, component: WebRTC) -> list[int]:
        """Return the numbers of what is called when the page fetches outputs."""
        target = (component._id, "state_change")
        return [number for number, fn in self.config.fns.items() if target in fn.targets]


def app(draw: Draw) -> gr.Blocks:
    with gr.Blocks(analytics_enabled=False) as demo:
        gr.render()(draw)
    return demo


def video(key: Any = None, **options: Any) -> WebRTC:
    component = WebRTC(modality="video", key=key, **options)
    component.stream(lambda image: image, [component], [component])
    component.on_additional_outputs(lambda number: None)
    return component


def open_session(component: WebRTC) -> Session:
    """Return a session of the component's stream that a page is connected to."""
    host = component._host
    assert host is not None
    place = host.registry.claim("a-connection-of-the-page", "page")
    outputs = host.outputs.open(place.webrtc_id, "page", host.listeners)
    session = make_session(webrtc_id=place.webrtc_id, owner="page", outputs=outputs)
    host.registry.add(place, session)
    host._sessions.add(session)
    session.start()
    session.on_connected()
    return session


@pytest.mark.parametrize("key", ["camera", 7, ("a", 1)])
async def test_with_a_key_the_stream_and_its_listeners_stay(key: Any) -> None:
    page = Page(app(lambda: video(key)))
    page.draw()
    (before,) = page.components()
    session, numbers = open_session(before), page.numbers()
    page.draw()
    (after,) = page.components()
    assert after is not before
    assert after._host is before._host
    assert page.numbers() == numbers
    assert after.get_config()["output_listeners"] == page.asked_for(after)
    assert not session._end.done()
    # What was said before is for the listener of now.
    mailbox = outputs_of(session).mailbox
    assert mailbox is not None
    mailbox.put(Delivery("a", AdditionalOutputs(1)))
    (reader,) = after.listeners.readers
    assert mailbox.take(reader) is not None
    await session.aclose()


async def test_the_next_session_has_the_newest_settings() -> None:
    limits = iter([5, 6])
    page = Page(app(lambda: video("camera", time_limit=next(limits))))
    page.draw()
    page.draw()
    (component,) = page.components()
    assert component._host is not None
    assert component._host.settings.limits.time_limit == 6


async def test_without_a_key_the_stream_ends_and_the_author_is_told_how_to_prevent_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    page = Page(app(lambda: (video(), video())))
    page.draw()
    first, second = page.components()
    session, numbers = open_session(second), page.numbers()
    page.draw()
    await asyncio.sleep(0)
    assert session._end.result().reason is CloseReason.APP_CLOSED
    assert session._end.result().text == DRAWN_ANEW
    assert caplog.text.count("Give it a key") == 1
    # What the old page still asks for finds a listener.
    assert page.numbers() == numbers
    for component in page.components():
        assert component not in (first, second)
        assert component._host not in (first._host, second._host)
        assert component.get_config()["output_listeners"] == page.asked_for(component)
    await session.aclose()


async def test_without_a_key_and_a_session_nothing_is_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    page = Page(app(lambda: video()))
    page.draw()
    page.draw()
    assert not caplog.text


async def test_a_connection_of_another_kind_cannot_go_on() -> None:
    modes: Any = iter(["send-receive", "send"])
    page = Page(app(lambda: video("camera", mode=next(modes))))
    page.draw()
    (before,) = page.components()
    session = open_session(before)
    page.draw()
    await asyncio.sleep(0)
    assert session._end.result().text == DRAWN_ANEW
    assert page.components()[0]._host is not before._host
    await session.aclose()


async def test_pages_have_their_own_stream_and_share_its_places() -> None:
    demo = app(lambda: video("camera"))
    pages = [Page(demo), Page(demo)]
    for page in pages:
        page.draw()
    hosts = [component._host for page in pages for component in page.components()]
    assert hosts[0] is not None
    assert hosts[1] is not None
    assert hosts[0] is not hosts[1]
    assert hosts[0].registry is hosts[1].registry
