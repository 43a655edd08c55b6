"""``Stream``: its options become the settings of its sessions, which end with the app."""

from __future__ import annotations

import inspect
import logging
from typing import Any

import pytest
from fastapi import FastAPI

from gradio_webrtc import (
    ConfigurationError,
    Stream,
)
from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.stream import Body
from tests.support.echo_handlers import EchoHandler
from tests.support.registry import enter


def same(frame: Any) -> Any:
    return frame


async def test_options_are_the_settings_of_its_sessions() -> None:
    stream = Stream(
        same,
        mode="send",
        time_limit=7,
        concurrency_limit=3,
        frame_format="gray",
        video_codec="H264",
        max_bitrate={"audio": 24_000, "video": 500_000},
        max_resolution=(640, 480),
        candidate_addresses="public",
        allowed_origins=["https://example.org"],
        show_error=True,
    )
    settings = stream.host.settings
    assert (stream.mode, stream.modality) == (settings.mode, settings.modality) == ("send", "video")
    assert (settings.limits.time_limit, stream.host.registry.limit) == (7, 3)
    assert (settings.frame_format, settings.candidate_addresses) == ("gray", "public")
    preferences = settings.preferences
    assert (preferences.video_codec, preferences.max_resolution) == ("H264", (640, 480))
    assert (preferences.audio_bitrate, preferences.video_bitrate) == (24_000, 500_000)
    assert list(settings.allowed_origins or ()) == ["https://example.org"]
    assert settings.show_error


async def test_one_place_by_default_and_any_number_for_none() -> None:
    assert Stream(same).host.registry.limit == 1
    assert Stream(same, concurrency_limit=None).host.registry.limit is None


async def test_a_shared_stream_and_its_page_run_the_same_code_for_all_who_come() -> None:
    def show() -> None:
        """Show nothing."""

    stream = Stream(show, mode="receive", shared=True)
    page = stream.webrtc_component
    assert page._host is not None
    for host in (stream.host, page._host):
        assert host.settings.shared is not None
        assert host.settings.shared.code is show
        assert host.registry.limit is None
    assert page._host.sources is stream.host.sources
    assert "shared" not in page.get_config()
    assert Stream(show, mode="receive").host.settings.shared is None


async def test_each_connection_has_a_handler_of_its_own() -> None:
    settings = Stream(EchoHandler(), modality="audio").host.settings
    assert settings.make_handler() is not settings.make_handler()


@pytest.mark.parametrize(
    "options",
    [
        {"mode": "sideways"},
        {"modality": "smell"},
        {"time_limit": 0},
        {"concurrency_limit": "many"},
        {"candidate_addresses": "some"},
        {"allowed_origins": ["example.org/path"]},
        {"max_bitrate": 1},
    ],
)
async def test_an_option_that_cannot_work_is_refused_at_once(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(options))):
        Stream(same, **options)


async def test_an_app_may_bring_its_own_route() -> None:
    answer = await Stream(same).offer({"type": "offer", "webrtc_id": "a", "sdp": "v=0"})
    assert answer["meta"]["error"] == "invalid_offer"


async def test_sessions_end_with_the_app() -> None:
    app, stream = FastAPI(), Stream(same)
    stream.mount(app)
    async with app.router.lifespan_context(app):
        session = enter(stream.host.registry, "a")
    assert session.ending is not None
    assert session.ending.reason is CloseReason.SERVER_SHUTDOWN


async def test_an_offer_may_be_the_model_that_fastapi_made_of_it() -> None:
    offer = {"type": "offer", "sdp": "v=0", "webrtc_id": "a"}
    for body in (offer, Body(type="offer", sdp="v=0", webrtc_id="a")):
        assert (await Stream(same).offer(body))["meta"]["error"] == "invalid_offer"


@pytest.mark.parametrize("verbose", [True, False])
async def test_the_log_says_where_it_is_unless_that_is_not_wanted(
    verbose: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="gradio_webrtc")
    app = FastAPI()
    Stream(same, verbose=verbose).mount(app, "/rtc")
    assert "/rtc/webrtc/offer" not in caplog.text
    async with app.router.lifespan_context(app):
        assert ("/rtc/webrtc/offer" in caplog.text) is verbose


async def test_parameters_have_the_published_names() -> None:
    published = {
        "handler", "additional_outputs_handler", "mode", "modality", "concurrency_limit",
        "time_limit", "allow_extra_tracks", "rtp_params", "rtc_configuration",
        "server_rtc_configuration", "track_constraints", "additional_inputs",
        "additional_outputs", "ui_args", "verbose",
    }  # fmt: skip
    assert set(inspect.signature(Stream).parameters) >= published
