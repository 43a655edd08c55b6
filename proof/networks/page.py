"""A page in Chromium and an app in this process, with a bad network between them."""

from __future__ import annotations

import asyncio
import base64
import time
import wave
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Route, sync_playwright

from gradio_webrtc import AsyncAudioVideoStreamHandler, WebRTC
from gradio_webrtc.server.stream_host import StreamHost
from proof.networks.scripts import in_page
from tests.browser.conftest import LOCAL_HOSTS, NOWHERE
from tests.browser.pages import Component, Visit
from tests.packaging.processes import free_port
from tests.support.chromium import FLAGS, find_chromium
from tests.support.network_model import Network
from tests.support.udp_proxy import BadNetwork

RATE = 48_000
CHUNK = 4_800
WIDTH, HEIGHT = 640, 480
SCRIPT = in_page("flows.js")
GOOD = Network()

Sound = NDArray[np.int16]


def pictures(count: int = 15) -> list[NDArray[np.uint8]]:
    """Return pictures that move and are worth some bits: coarse noise that is shifted."""
    coarse = np.random.default_rng(3).integers(0, 256, (HEIGHT // 16, WIDTH // 16, 3))
    whole = np.repeat(np.repeat(coarse, 16, axis=0), 16, axis=1).astype(np.uint8)
    return [np.roll(whole, 8 * number, axis=1) for number in range(count)]


class Meter(AsyncAudioVideoStreamHandler):
    """Says and shows without end, and notes when what came.

    Args:
        says: int16 at 48 kHz, said once and followed by silence.
        meters: every copy that was started, the newest last.
    """

    def __init__(self, says: Sound, meters: list[Meter]) -> None:
        super().__init__(input_sample_rate=RATE, output_sample_rate=RATE)
        self.says, self.meters = says, meters
        self.heard: list[tuple[float, Sound]] = []
        self.seen: list[float] = []
        self._said = 0
        self._shown = 0
        self._pictures = pictures()

    def copy(self) -> Meter:
        """Return one for another session."""
        return Meter(self.says, self.meters)

    async def start_up(self) -> None:
        """Register."""
        self.meters.append(self)

    async def receive(self, frame: tuple[int, Sound]) -> None:
        """Keep the sound."""
        self.heard.append((time.time(), frame[1].reshape(-1)))

    async def emit(self) -> tuple[int, Sound]:
        """Say the next tenth of a second."""
        part = self.says[self._said : self._said + CHUNK]
        self._said += CHUNK
        return RATE, np.pad(part, (0, CHUNK - part.size))[np.newaxis]

    async def video_receive(self, frame: NDArray[np.uint8]) -> None:
        """Note the time."""
        self.seen.append(time.time())

    async def video_emit(self) -> NDArray[np.uint8]:
        """Show the next picture."""
        await asyncio.sleep(0.03)
        self._shown += 1
        return self._pictures[self._shown % len(self._pictures)]


class BadPage:
    """A connected page; the network is to be made worse.

    Attributes:
        network: between the page and the server.
        meters: the handlers that were started.
        component: what the page shows.
    """

    def __init__(self, network: BadNetwork, meters: list[Meter], component: Component) -> None:
        self.network = network
        self.meters = meters
        self.component = component
        self._cut = False
        self._held: list[Route] = []
        component.page.context.route("**/*", self._request)

    def cut(self, cut: bool) -> None:
        """Begin or end an outage: neither media nor requests get through."""
        self._cut = cut
        self.network.cut(cut)
        if not cut:
            for route in self._held:
                route.continue_()
            self._held.clear()

    def move(self) -> None:
        """Let the page's packets come from another port, as behind a NAT that forgot the first."""
        loop = self.network.loop
        assert loop is not None
        asyncio.run_coroutine_threadsafe(self.network.move(), loop).result(10)

    def lose(self) -> None:
        """Let nothing of the media through any more; what connects anew is not affected."""
        loop = self.network.loop
        assert loop is not None
        loop.call_soon_threadsafe(self.network.lose)

    def wait(self, seconds: float) -> None:
        """Let it run."""
        self.component.page.wait_for_timeout(seconds * 1000)

    def seen_by_page(self) -> list[float]:
        """Return when the page got each picture, in seconds since 1970."""
        return [at / 1000 for at in self.component.page.evaluate("flows.pictures")]

    def loud_at_page(self) -> list[float]:
        """Return when the page got each 10 ms of sound that was more than a whisper."""
        return [at / 1000 for at in self.component.page.evaluate("flows.loud")]

    def heard_by_page(self) -> Sound:
        """Return all the sound that the page got, mono at 48 kHz."""
        data = base64.b64decode(self.component.page.evaluate("flows.sound()"))
        sound: Sound = np.frombuffer(data, np.int16).copy()
        return sound

    def _request(self, route: Route) -> None:
        if self._cut:  # It hangs, as where a network is there and nothing gets through.
            self._held.append(route)
        else:
            route.continue_()


@contextmanager
def bad_page(
    network: Network,
    said_by_page: Sound,
    said_by_server: Sound,
    *,
    loop: bool,
    folder: Path,
    edit: Callable[[str], str] = str,
    seed: int = 1,
) -> Iterator[BadPage]:
    """Open a page whose microphone says something, and connect it over ``network``.

    Args:
        network: both ways.
        said_by_page, said_by_server: int16 at 48 kHz.
        loop: whether the microphone repeats itself.
        folder: for files.
        edit: what each side is told in place of the other's SDP.
        seed: of the losses.
    """
    with wave.open(str(folder / "microphone.wav"), "wb") as file:
        file.setparams((1, 2, RATE, said_by_page.size, "NONE", ""))
        file.writeframes(said_by_page.tobytes())
    once = "" if loop else "%noloop"
    capture = f"--use-file-for-fake-audio-capture={folder / 'microphone.wav'}{once}"
    meters: list[Meter] = []
    bad = BadNetwork(network, seed=seed)
    plain = {"echoCancellation": False, "noiseSuppression": False, "autoGainControl": False}
    with gr.Blocks() as demo:
        both = WebRTC(modality="audio-video", track_constraints={"audio": plain, "video": True})
        both.stream(Meter(said_by_server, meters), inputs=[both], outputs=[both])
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        _edit_sdp(patch, edit)
        bad.apply(patch)
        port = free_port()
        demo.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1", server_port=port)
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=[*FLAGS, capture, NOWHERE]
        )
        try:
            context = browser.new_context(reduced_motion="reduce")
            context.add_init_script(SCRIPT)
            url = f"http://127.0.0.1:{port}/"
            component = Visit(context, url, LOCAL_HOSTS, "[data-testid=webrtc]").component()
            component.start()
            yield BadPage(bad, meters, component)
        finally:
            browser.close()
            demo.close(verbose=False)


def _edit_sdp(patch: pytest.MonkeyPatch, edit: Callable[[str], str]) -> None:
    """Let servers in this process get edited offers, and pages edited answers."""
    whole = StreamHost.signal

    async def signal(host: StreamHost, body: Any, *more: Any, **options: Any) -> Any:
        if body.get("type") != "offer":
            return await whole(host, body, *more, **options)
        answer = await whole(host, {**body, "sdp": edit(body["sdp"])}, *more, **options)
        return {**answer, "sdp": edit(answer["sdp"])} if "sdp" in answer else answer

    patch.setattr(StreamHost, "signal", signal)


def longest_gap(times: Sequence[float], start: float, end: float) -> float:
    """Return the longest time without one of ``times`` between ``start`` and ``end``."""
    inside = [start, *(at for at in times if start < at < end), end]
    return float(np.diff(inside).max())
