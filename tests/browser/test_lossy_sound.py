"""Sound over a network that loses one packet in ten: Chromium has next to nothing to make up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr
import numpy as np
import pytest

from gradio_webrtc import WebRTC
from tests.browser.conftest import Open, Serve
from tests.browser.pages import Component
from tests.support.network_model import Network
from tests.support.udp_proxy import BadNetwork

RATE = 48_000
PIECE = RATE // 10
LOST = 0.1
STRETCH_SECONDS = 6.0

STATS = """
async () => {
  const all = [...(await probe.peers.at(-1).getStats()).values()];
  const sound = all.find((each) => each.type === "inbound-rtp" && each.kind === "audio");
  if (!sound) return null;
  return {
    came: sound.packetsReceived,
    lost: sound.packetsLost,
    played: sound.totalSamplesReceived,
    madeUp: sound.concealedSamples,
  };
}
"""


def tone() -> Iterator[tuple[int, Any]]:
    for piece in range(6_000):
        at = (piece * PIECE + np.arange(PIECE)) / RATE
        yield RATE, (8000 * np.sin(2 * np.pi * 440 * at)).astype(np.int16)


def app(shared: bool) -> gr.Blocks:
    with gr.Blocks() as demo:
        button = gr.Button("Play")
        sound = WebRTC(mode="receive", modality="audio", shared=shared)
        sound.stream(tone, outputs=[sound], trigger=button.click)
    return demo


def stretch(component: Component) -> dict[str, float]:
    """Return how much more of each figure there is after some seconds."""
    before = component.page.evaluate(STATS)
    component.page.wait_for_timeout(STRETCH_SECONDS * 1000)
    after = component.page.evaluate(STATS)
    return {name: after[name] - before[name] for name in after}


@pytest.fixture
def lossy(monkeypatch: pytest.MonkeyPatch, serve: Serve) -> Iterator[BadNetwork]:
    """A network that loses some of what servers of this process send; ends before they do."""
    network = BadNetwork(Network(delay=0.02), Network(loss=LOST, delay=0.02), seed=5)
    network.apply(monkeypatch)
    yield network
    assert network.loop is not None
    network.loop.call_soon_threadsafe(network.close)


@pytest.mark.usefixtures("lossy")
@pytest.mark.parametrize("shared", [False, True], ids=["its-own", "shared"])
def test_what_is_lost_comes_again_with_the_next_packets(
    serve: Serve, visit: Open, shared: bool
) -> None:
    url = serve(app(shared))
    component = visit(url).component()
    component.page.get_by_role("button", name="Play", exact=True).click()
    component.reach("connected")
    component.visit.until(component.hears, "sound")
    seen: list[dict[str, float]] = []

    def recovers() -> bool:
        """Losses have to be reported first, and a browser takes some seconds for that."""
        seen.append(stretch(component))
        last = seen[-1]
        return last["madeUp"] < LOST / 4 * last["played"]

    component.visit.until(recovers, lambda: f"little to be made up, not {seen}", 60)
    last = seen[-1]
    assert last["lost"] > LOST / 2 * last["came"]
    assert last["played"] > 0.8 * STRETCH_SECONDS * RATE
