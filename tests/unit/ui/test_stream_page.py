"""The page of a stream: when it is built, of what, and what it shares with the routes."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from gradio_webrtc import ConfigurationError, Stream, WebRTC
from tests.support.echo_handlers import EchoHandler
from tests.support.page_tree import tree


def grey(frame: Any, amount: float) -> Any:
    return frame


def keep(*values: Any) -> Any:
    return values[-1]


async def test_it_is_built_when_it_is_first_asked_for() -> None:
    stream = Stream(grey)  # refused by now if the page were built already
    with pytest.raises(ConfigurationError, match=r"WebRTC\.stream\(\): grey\(frame.*does not fit"):
        _ = stream.ui
    built = Stream(grey, additional_inputs=[gr.Slider()])
    assert built.ui is built.ui
    assert built.webrtc_component in built.ui.blocks.values()


async def test_the_apps_own_page_takes_its_place_before_and_after() -> None:
    stream = Stream(grey)
    with gr.Blocks() as own:
        camera = WebRTC()
    stream.ui = own
    assert stream.ui is own
    assert stream.webrtc_component is camera
    built = Stream(EchoHandler(), modality="audio")
    _ = built.webrtc_component
    built.ui = own
    assert built.webrtc_component is camera
    with gr.Blocks() as bare:
        gr.Markdown("Later")
    built.ui = bare
    with pytest.raises(ConfigurationError, match="has no WebRTC"):
        _ = built.webrtc_component
    with pytest.raises(ConfigurationError, match=r"ui must be a gr\.Blocks; got str"):
        built.ui = "page"  # type: ignore[assignment]


async def test_it_becomes_part_of_an_app_that_is_under_construction() -> None:
    stream = Stream(EchoHandler(), modality="audio", ui_args={"title": "Echo"})
    with gr.Blocks() as demo:
        with gr.Tab("One"):
            stream.ui.render()
        with gr.Tab("Two"):
            gr.Markdown("Else")
    assert tree(demo) == {
        "blocks": [
            {"tabs": [{"tabitem": ["html", {"column": ["webrtc"]}]}, {"tabitem": ["markdown"]}]}
        ]
    }
    assert stream.ui.title == "Echo"


async def test_a_component_that_has_a_place_is_refused_with_a_remedy() -> None:
    with gr.Blocks():
        stream = Stream(grey, additional_inputs=[gr.Slider(label="Amount")])
        with pytest.raises(
            ConfigurationError, match=r"^Slider\(label='Amount'\) has a place in th"
        ):
            _ = stream.ui
        free = Stream(grey, additional_inputs=[gr.Slider(label="Amount", render=False)])
        free.ui.render()


async def test_it_can_be_added_to() -> None:
    stream = Stream(EchoHandler(), modality="audio", ui_args={"hide_title": True})
    with stream.ui as demo:
        gr.Button("Help").click(lambda: None)
    assert demo is stream.ui
    assert tree(demo) == {"blocks": [{"column": ["webrtc"]}, "Help"]}


async def test_its_component_has_the_streams_options_and_the_looks() -> None:
    stream = Stream(
        EchoHandler(),
        modality="audio",
        rtp_params={"degradationPreference": "balanced"},
        track_constraints={"echoCancellation": False},
        rtc_configuration={"iceServers": [{"urls": "stun:192.0.2.1"}]},
        max_bitrate={"audio": 24_000},
        time_limit=7,
        ui_args={
            "icon": "https://example.org/i.png",
            "icon_button_color": "red",
            "pulse_color": "blue",
            "icon_radius": 10,
            "full_screen": False,
            "variant": "textbox",
            "button_labels": {"start": "Talk"},
            "placeholder": "Ask",
            "push_to_talk": True,
        },
    )
    component = stream.webrtc_component
    found = {name: getattr(component, name) for name in ("icon_button_color", "pulse_color")}
    assert found == {"icon_button_color": "red", "pulse_color": "blue"}
    assert (component.icon_radius, component.full_screen) == (10, False)
    assert (component.variant, component.placeholder) == ("textbox", "Ask")
    assert component.push_to_talk
    assert component.icon["url"] == "https://example.org/i.png"
    assert component.button_labels["start"] == "Talk"
    assert component.rtp_params == {"degradationPreference": "balanced"}
    assert component.track_constraints == {"echoCancellation": False}
    assert component.rtc_configuration == {"iceServers": [{"urls": "stun:192.0.2.1"}]}
    assert (component.max_bitrate, component.time_limit) == ({"audio": 24_000}, 7)


async def test_the_page_and_the_routes_share_places_and_outputs() -> None:
    stream = Stream(EchoHandler(), modality="audio", concurrency_limit=3)
    page = stream.webrtc_component._host
    assert page is not None
    assert page is not stream.host
    assert page.registry is stream.host.registry
    assert page.outputs is stream.host.outputs
    assert stream.concurrency_limit == 3


async def test_inputs_are_sent_when_they_change_or_are_submitted() -> None:
    def events(**args: Any) -> set[str]:
        text = gr.Textbox()
        page = Stream(EchoHandler(), modality="audio", additional_inputs=[text], ui_args=args).ui  # type: ignore[arg-type]
        targets = [target for function in page.fns.values() for target in function.targets]
        return {event for block, event in targets if block == text._id}

    assert events() == {"change"}
    assert events(send_input_on="submit") == {"submit"}


async def test_outputs_go_through_their_handler() -> None:
    log, count = gr.Textbox(), gr.Number()
    stream = Stream(
        EchoHandler(),
        modality="audio",
        concurrency_limit=5,
        additional_inputs=[count],
        additional_outputs=[log, count],
        additional_outputs_handler=keep,
    )
    listener = stream.ui.fns[stream.webrtc_component.listeners.ids()[0]]
    assert listener.inputs == listener.outputs == [log, count]
    assert listener.concurrency_limit == 5


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"additional_outputs": [gr.Textbox()]}, "additional_outputs need additional_outputs_ha"),
        ({"additional_outputs_handler": 7}, "additional_outputs_handler must be a function"),
        ({"additional_inputs": "text"}, "additional_inputs must be a component or a list"),
        ({"ui_args": {"variant": "textbox"}, "modality": "video"}, 'for modality="audio"'),
        ({"ui_args": {"variant": "waves"}}, "variant must be one of"),
        ({"ui_args": {"send_input_on": "never"}}, "send_input_on must be one of"),
        ({"ui_args": {"button_labels": {"go": "Go"}}}, "button_labels has unknown keys"),
        ({"rtp_params": 7}, "rtp_params must be a dict"),
        ({"track_constraints": 7}, "track_constraints must be a dict"),
    ],
)
async def test_what_cannot_work_is_refused_at_once(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        Stream(EchoHandler(), **{"modality": "audio", **options})
