"""The client for web pages at a Gradio app's components, from a page that is not Gradio's."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import av
import gradio as gr
import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from playwright.sync_api import Error, expect

from gradio_webrtc import AdditionalOutputs, AsyncStreamHandler, Stream, WebRTC
from tests.browser.conftest import Open, ServeAsgi
from tests.browser.fake_microphone import microphone
from tests.browser.pages import PATIENCE, Visit
from tests.loopback.client.test_call import tone
from tests.loopback.client.test_sync_call import write

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "clients.md"

PAGE = """<!doctype html>
<title>A page of its own</title>
<link rel="icon" href="data:,">
<audio></audio>
<script type="module">
  import { AudioLine, connect, VideoLine } from "/stream/webrtc/client.js";
  Object.assign(window, { AudioLine, VideoLine });
  window.outputs = [];
  window.talk = async (component, options = {}, app = "/gradio") => {
    const element = document.querySelector("audio");
    const onOutput = (output) => outputs.push(output[0]);
    window.call = await connect(app, { component, element, onOutput, ...options });
    return call.way;
  };
  window.heard = async () => {
    const all = [...((await call.statistics())?.values() ?? [])];
    const received = all.filter(({ type }) => type === "inbound-rtp");
    return Math.max(0, ...received.map(({ totalAudioEnergy = 0 }) => totalAudioEnergy));
  };
  document.body.dataset.ready = "yes";
</script>
"""


class Echo(AsyncStreamHandler):
    """Gives back what it hears; says how loud it was, and what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: asyncio.Queue[tuple[int, Any]] = asyncio.Queue()

    async def receive(self, frame: tuple[int, Any]) -> None:
        self.heard.put_nowait(frame)

    async def emit(self) -> Any:
        frame = await self.heard.get()
        loudness = int(abs(frame[1].astype(int)).max())
        return frame, AdditionalOutputs({"loudness": loudness, "args": list(self.latest_args)})

    def copy(self) -> Echo:
        return Echo()


def see(frame: Any) -> Any:
    return frame, AdditionalOutputs(frame.mean(axis=(0, 1)).tolist())


async def radio(start: str) -> AsyncIterator[Any]:
    while True:
        yield tone(0.5), AdditionalOutputs(start)


def white_film(path: Path) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libvpx", rate=10)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        white = av.VideoFrame.from_ndarray(np.full((240, 320, 3), 255, np.uint8), "rgb24")
        for _ in range(20):
            container.mux(stream.encode(white))
        container.mux(stream.encode())


@pytest.fixture
def page(serve_asgi: ServeAsgi, visit: Open, tmp_path: Path) -> Visit:
    app = FastAPI()
    Stream(Echo(), modality="audio").mount(app, "/stream")
    app.mount("/files", StaticFiles(directory=tmp_path))
    write(tmp_path / "tone.wav", tone(1.0, rate=48_000, amplitude=20_000)[1])
    white_film(tmp_path / "film.webm")

    @app.get("/", response_class=HTMLResponse)
    def front() -> str:
        return PAGE

    with gr.Blocks() as demo:
        voice = WebRTC(label="Voice", elem_id="voice", modality="audio")
        colour, seen = gr.Textbox("red"), gr.JSON()
        voice.stream(Echo(), inputs=[voice, colour], outputs=[voice], concurrency_limit=1)
        voice.on_additional_outputs(lambda value: value, outputs=[seen])
        title, button, shown = gr.Textbox("news"), gr.Button(), gr.Textbox()
        player = WebRTC(label="Radio", mode="receive", modality="audio")
        player.stream(radio, inputs=[title], outputs=[player], trigger=button.click)
        player.on_additional_outputs(lambda value: value, outputs=[shown])
        eyes = WebRTC(label="Eyes", modality="video")
        eyes.stream(see, inputs=[eyes], outputs=[eyes])
        eyes.on_additional_outputs(lambda value: value, outputs=[gr.JSON()])
    with gr.Blocks() as private:
        only = WebRTC(modality="audio")
        only.stream(Echo(), inputs=[only], outputs=[only])
        only.on_additional_outputs(lambda value: value, outputs=[gr.JSON()])
    gr.mount_gradio_app(app, demo, path="/gradio")
    gr.mount_gradio_app(app, private, path="/private", auth=("me", "secret"))
    return visit(serve_asgi(app), wait_for="[data-ready]")


def wait_for(page: Visit, condition: str) -> None:
    page.until(
        lambda: page.page.evaluate(condition), lambda: page.page.evaluate("outputs.slice(-3)")
    )


def said(colour: str) -> str:
    return f"outputs.some(({{ args, loudness }}) => args.at(-1) === '{colour}' && loudness > 500)"


def test_a_component_is_talked_to_with_its_values_and_outputs_by_each_way(page: Visit) -> None:
    talk = "([way, values]) => talk('voice', { by: way, inputValues: values && (() => values) })"
    assert page.page.evaluate(talk, ["webrtc", ["blue"]]) == "webrtc"
    wait_for(page, said("blue"))
    page.page.evaluate("call.sendInput(['green'])")
    wait_for(page, said("green"))
    wait_for(page, "heard().then((energy) => energy > 0)")
    # There is one place, and hanging up has given it back.
    assert page.page.evaluate("call.hangUp().then(({ code }) => code)") == "hung_up"
    assert page.page.evaluate(talk, ["websocket", None]) == "websocket"
    wait_for(page, said("red"))
    page.page.evaluate("call.hangUp()")
    with pytest.raises(Error, match='0: "voice", 1: "Radio"'):
        page.page.evaluate("talk('Camera')")


def test_a_component_that_only_sends_is_started_and_stopped(page: Visit) -> None:
    page.page.evaluate("talk(1, { inputValues: () => ['weather'] })")
    wait_for(page, "heard().then((energy) => energy > 0)")
    wait_for(page, "outputs.includes('weather')")
    assert page.page.evaluate("call.local") is None
    assert page.page.evaluate("call.hangUp().then(({ code }) => code)") == "hung_up"


def test_the_guides_page_talks_to_its_app(
    serve_asgi: ServeAsgi, visit: Open, tmp_path: Path
) -> None:
    examples = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    (code,) = (each for each in examples if "PAGE =" in each)
    names: dict[str, Any] = {"__name__": "guide"}
    exec(compile(code, str(GUIDE), "exec"), names)
    # A voice: what the microphone hears otherwise is taken for one at times only.
    talking = microphone(tmp_path / "voice.wav", "Is there an echo in this room?", 5.0)
    page = visit(serve_asgi(names["app"]), wait_for="button", flags=talking).page
    page.get_by_role("slider").fill("3")
    page.get_by_role("button").click()
    wait = PATIENCE * 1000
    expect(page.get_by_role("status")).to_have_text(re.compile(r"\d s, 3 times"), timeout=wait)
    page.get_by_role("button").click()
    expect(page.get_by_role("button")).to_have_text("Talk", timeout=wait)


def test_an_app_with_a_login_says_so_and_takes_a_name_and_password(page: Visit) -> None:
    talk = """(auth) => talk(true, { auth }, "/private")
        .catch(({ code, remedy }) => `${code} ${remedy}`)"""
    denied = page.page.evaluate(talk)
    assert denied.startswith("access_denied ")
    assert "auth" in denied
    assert page.page.evaluate(talk, ["me", "wrong"]).startswith("access_denied")
    page.expect_problem("status of 40[01]")
    assert page.page.evaluate(talk, ["me", "secret"]) == "webrtc"
    wait_for(page, "outputs.some(({ loudness }) => loudness > 500)")
    page.page.evaluate("call.hangUp()")
    # The browser has the cookie now.
    assert page.page.evaluate(talk) == "webrtc"
    page.page.evaluate("call.hangUp()")


def test_files_and_arrays_are_sent_in_place_of_devices(page: Visit) -> None:
    page.page.mouse.click(100, 100)
    page.page.evaluate("""async () => {
        window.line = new AudioLine();
        await talk("voice", { audio: line.track });
    }""")
    wait_for(page, "outputs.length > 9 && outputs.slice(-5).every((told) => told.loudness < 50)")
    page.page.evaluate("""async () => {
        const samples = Float32Array.from({ length: 24_000 }, (_, n) => 0.2 * Math.sin(n / 9));
        await line.say({ sampleRate: 24_000, samples });
    }""")
    wait_for(page, "outputs.some(({ loudness }) => loudness > 4_000)")
    page.page.evaluate("line.say(new URL('/files/tone.wav', location.href))")
    wait_for(page, "outputs.some(({ loudness }) => loudness > 15_000)")
    page.page.evaluate("call.hangUp().then(() => line.close())")
    page.page.evaluate("""async () => {
        outputs.length = 0;
        window.view = new VideoLine({ width: 320, height: 240 });
        const green = Uint8ClampedArray.from({ length: 1024 }, (_, n) => n % 2 ? 255 : 0);
        await view.show(new ImageData(green, 16, 16));
        await talk("Eyes", { audio: false, video: view.track });
    }""")
    # The square in the middle of a black frame.
    wait_for(page, "outputs.some((told) => told[1] > 120 && told[0] < 60 && told[2] < 60)")
    page.page.evaluate("view.show(new URL('/files/film.webm', location.href))")
    wait_for(page, "outputs.some((told) => told[0] > 200 && told[1] > 200 && told[2] > 200)")
    page.page.evaluate("call.hangUp().then(() => view.close())")
