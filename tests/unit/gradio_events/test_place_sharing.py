"""Blocks inside Blocks: the page is told the numbers that its listeners have in the end."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from gradio_webrtc import WebRTC
from gradio_webrtc.gradio_events.place_sharing import join


def streaming(label: str, **options: Any) -> WebRTC:
    """Add a component with two listeners, among other listeners."""
    text = gr.Textbox()
    video = WebRTC(label=label, modality="video")
    video.on_additional_outputs(lambda number: None)
    text.change(lambda value: None, text)
    video.stream(lambda image: image, [video], [video], **options)
    video.on_additional_outputs(lambda number: None)
    return video


def app(label: str, **options: Any) -> gr.Blocks:
    with gr.Blocks(analytics_enabled=False) as inner:
        inner.load(lambda: None)
        streaming(label, **options)
    return inner


def components(demo: gr.Blocks) -> dict[str, tuple[WebRTC, list[int]]]:
    """Return each stream by its label, with the numbers that the page gets for it."""
    config: Any = demo.get_config_file()
    return {
        each["props"]["label"]: (demo.blocks[each["id"]], each["props"]["output_listeners"])
        for each in config["components"]
        if each["type"] == "webrtc"
    }


def asked_for(demo: gr.Blocks, component: WebRTC) -> list[int]:
    """Return the numbers of what Gradio calls when the page fetches outputs."""
    target = (component._id, "state_change")
    return [number for number, fn in demo.fns.items() if target in fn.targets]


def tabbed() -> gr.Blocks:
    return gr.TabbedInterface([app("a"), app("b"), app("c")], analytics_enabled=False)


def nested() -> gr.Blocks:
    return gr.TabbedInterface([app("x"), tabbed()], analytics_enabled=False)


def rendered() -> gr.Blocks:
    one, two = app("a"), app("b")
    with gr.Blocks(analytics_enabled=False) as outer:
        streaming("own")
        one.render()
        with gr.Tab("Two"):
            two.render()
        streaming("last")
    return outer


def beside_interfaces() -> gr.Blocks:
    plain = gr.Interface(lambda text: text, "text", "text", analytics_enabled=False)
    return gr.TabbedInterface([plain, app("a"), app("b")], analytics_enabled=False)


def pages() -> gr.Blocks:
    one, two = app("a"), app("b")
    with gr.Blocks(analytics_enabled=False) as outer:
        one.render()
    with outer.route("Second", "second"):
        two.render()
    return outer


def written_inside() -> gr.Blocks:
    with gr.Blocks(analytics_enabled=False) as outer:
        streaming("own")
        with gr.Blocks(analytics_enabled=False):
            streaming("inner")
    return outer


# Async, because gr.Blocks makes an event loop where there is none, and leaves it open.
@pytest.mark.parametrize(
    "make", [tabbed, nested, rendered, beside_interfaces, pages, written_inside]
)
async def test_the_page_gets_the_numbers_of_its_own_listeners(make: Any) -> None:
    demo = make()
    found = components(demo)
    assert len(found) > 1
    for component, told in found.values():
        assert told == asked_for(demo, component)
        assert len(told) == 2


async def test_an_app_that_was_rendered_in_two_others_has_the_right_numbers_in_the_last() -> None:
    inner = app("a")
    for before in (1, 2):
        with gr.Blocks(analytics_enabled=False) as outer:
            for _ in range(before):
                gr.Textbox().change(lambda: None)
            inner.render()
        component, told = components(outer)["a"]
        assert told == asked_for(outer, component)


async def test_a_concurrency_id_is_shared_across_the_apps_of_one_app() -> None:
    inner = [
        app("a", concurrency_id="gpu", concurrency_limit=3),
        app("b", concurrency_id="gpu", concurrency_limit=2),
        app("c", concurrency_id="other"),
    ]
    demo = gr.TabbedInterface(inner, analytics_enabled=False)
    hosts = {label: component._host for label, (component, _) in components(demo).items()}
    assert all(host is not None for host in hosts.values())
    join(demo, hosts["b"])  # type: ignore[arg-type] # as its first request does
    registries = {label: host.registry for label, host in hosts.items() if host is not None}
    assert registries["a"] is registries["b"]
    assert registries["a"].limit == 2
    assert registries["c"] is not registries["a"]
    with gr.Blocks(analytics_enabled=False):
        elsewhere = streaming("d", concurrency_id="gpu")
    assert elsewhere._host is not None
    assert elsewhere._host.registry is not registries["a"]
