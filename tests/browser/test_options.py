"""What an author sets on the component arrives in the page, and its events in the app."""

from __future__ import annotations

from typing import Any

import gradio as gr

from gradio_webrtc import WebRTC
from tests.browser.conftest import Open, Serve
from tests.browser.handlers import EchoHandler


def voice(**options: Any) -> WebRTC:
    component = WebRTC(modality="audio", **options)
    component.stream(EchoHandler(), inputs=[component], outputs=[component])
    return component


def test_looks_and_words_are_the_authors(serve: Serve, visit: Open) -> None:
    with gr.Blocks() as demo:
        voice(
            label="Talk to me",
            height=420,
            width=380,
            elem_id="mine",
            elem_classes=["special"],
            button_labels={"start": "Speak", "stop": "Hush"},
            icon_button_color="rgb(1, 2, 3)",
        )
    component = visit(serve(demo)).component()
    block = component.page.locator("#mine.special")
    box = block.bounding_box()
    assert box is not None
    assert (round(box["width"]), round(box["height"])) == (380, 420)
    assert block.get_by_text("Talk to me").is_visible()
    assert component.part("webrtc-start").inner_text() == "Speak"
    component.start()
    assert component.part("webrtc-stop").inner_text() == "Hush"
    icon = component.root.locator("button.icon")
    component.visit.until(
        lambda: icon.evaluate("(each) => getComputedStyle(each).backgroundColor") == "rgb(1, 2, 3)",
        "the icon's colour",
    )


def test_a_component_that_is_not_interactive_cannot_be_started(serve: Serve, visit: Open) -> None:
    with gr.Blocks() as demo:
        voice(interactive=False)
    component = visit(serve(demo)).component()
    assert component.part("webrtc-start").is_disabled()


def test_constraints_reach_the_microphone(serve: Serve, visit: Open) -> None:
    with gr.Blocks() as demo:
        voice(track_constraints={"noiseSuppression": False, "echoCancellation": False})
    component = visit(serve(demo)).component()
    component.start()
    settings = component.page.evaluate("probe.captures.at(-1).getSettings()")
    assert settings["noiseSuppression"] is False
    assert settings["echoCancellation"] is False
    # What the author says nothing about stays as it is best for a conversation.
    assert settings["autoGainControl"] is True


def test_servers_come_from_a_coroutine_anew_for_each_connection(serve: Serve, visit: Open) -> None:
    calls = 0

    async def servers() -> dict[str, Any]:
        nonlocal calls
        calls += 1
        # Nobody answers at this address, and on one machine nobody needs to.
        return {"iceServers": [{"urls": f"stun:127.0.0.1:{3000 + calls}"}]}

    with gr.Blocks() as demo:
        voice(rtc_configuration=servers, server_rtc_configuration={"iceServers": []})
    component = visit(serve(demo)).component()
    for call in (1, 2):
        component.start()
        used = component.page.evaluate("probe.peers.at(-1).getConfiguration().iceServers[0].urls")
        assert used in (f"stun:127.0.0.1:{3000 + call}", [f"stun:127.0.0.1:{3000 + call}"])
        component.stop()
    assert calls == 2


def test_the_app_hears_of_start_and_stop(serve: Serve, visit: Open) -> None:
    with gr.Blocks() as demo:
        audio: Any = voice()
        events = gr.Textbox(label="Events")
        audio.start_recording(lambda: "started", outputs=events)
        audio.stop_recording(lambda said: f"{said}, stopped", inputs=events, outputs=events)
    component = visit(serve(demo)).component()
    said = component.page.get_by_label("Events")
    component.start()
    component.visit.until(lambda: said.input_value() == "started", "the app to hear of the start")
    component.stop()
    component.visit.until(
        lambda: said.input_value() == "started, stopped", "the app to hear of the end"
    )
