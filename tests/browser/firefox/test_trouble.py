"""What goes wrong in Firefox: no devices allowed, and a network without UDP."""

from __future__ import annotations

import gradio as gr

from gradio_webrtc import WebRTC
from tests.browser.conftest import Open, Serve
from tests.browser.firefox.apps import REPLY_HZ, conversation_app, video_app, with_pattern
from tests.browser.firefox.test_streams import hears, is_silent, turn_is
from tests.browser.handlers import EchoHandler, echo_app
from tests.support.firefox import TONE

ASKS = ("media.navigator.permission.disabled=false", "media.getusermedia.camera.deny=true")
"""Nobody answers when a page asks for the microphone, and the camera is refused."""

NO_UDP = """
const Real = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Real {
  constructor(configuration) {
    super({ ...configuration, iceServers: [], iceTransportPolicy: "relay" });
  }
};
"""
"""A network without UDP: relays only, and there is none."""


def test_a_refused_camera_and_an_open_question_are_explained(serve: Serve, visit: Open) -> None:
    camera = visit(serve(video_app()), flags=ASKS).component()
    camera.part("webrtc-start").click()
    camera.reach("failed")
    error = camera.part("webrtc-error")
    assert error.get_attribute("data-code") == "permission_denied"
    assert "camera is blocked" in error.inner_text()
    assert "Allow the camera" in error.inner_text()

    demo, _ = echo_app()
    microphone = visit(serve(demo), flags=ASKS).component()
    microphone.part("webrtc-start").click()
    microphone.reach("acquiring")
    hint = microphone.part("webrtc-permission")
    assert "Your browser asks for your microphone" in hint.inner_text()
    microphone.stop()
    assert microphone.error() is None


def test_without_udp_it_talks_over_a_websocket(serve: Serve, visit: Open) -> None:
    component = visit(serve(conversation_app(push_to_talk=True)), script=NO_UDP).component()
    component.visit.expect_problem("ICE failed, add a STUN server")  # Firefox's own words
    component.start()
    assert component.root.get_attribute("data-way") == "websocket"
    assert "slower way" in (component.notice() or "")
    button, mouse = component.part("webrtc-talk"), component.page.mouse
    button.hover()
    mouse.down()
    turn_is(component, "speaking")
    component.page.wait_for_timeout(1_000)  # how long somebody talks
    mouse.up()
    turn_is(component, "replying")
    hears(component, REPLY_HZ)
    mouse.down()
    component.visit.until(lambda: is_silent(component), "the reply to fall silent")
    mouse.up()

    component.page.evaluate("probe.sockets.at(-1).close()")
    component.visit.until(
        lambda: component.states()[-2:] == ["reconnecting", "connected"],
        lambda: f"the connection to be back; it was {component.states()}",
    )
    assert component.root.get_attribute("data-way") == "websocket"
    component.stop()
    assert component.notice() is None


def test_without_webrtc_voices_go_over_a_websocket_and_pictures_say_so(
    serve: Serve, visit: Open
) -> None:
    with gr.Blocks() as demo:
        for modality in ("audio", "video"):
            component = WebRTC(modality=modality)
            fn = EchoHandler() if modality == "audio" else with_pattern
            component.stream(fn, inputs=[component], outputs=[component])
    page = visit(serve(demo), script="delete window.RTCPeerConnection;")
    audio, video = page.component(0), page.component(1)
    audio.start()
    assert audio.root.get_attribute("data-way") == "websocket"
    hears(audio, TONE)
    video.part("webrtc-start").click()
    video.reach("failed")
    assert "This browser has no WebRTC" in (video.error() or "")
