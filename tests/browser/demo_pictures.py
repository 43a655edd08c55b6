"""Takes the pictures of the demos that the documentation and the gallery show.

``python -m tests.browser.demo_pictures`` writes them all to ``docs/assets/demos/``; names choose
some, ``--width``, ``--dark`` and ``--folder`` give others to look at. Each demo is started as
``make demo`` does and used like the tests use it: the camera sees a drawn face, the microphone
hears a scale, or, where a demo listens to words, a question.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import spoken_audio
from tests.browser.fake_microphone import microphone
from tests.packaging.processes import free_port
from tests.support import demos, drawn_face, model_server
from tests.support.chromium import FLAGS, find_chromium
from tests.support.realtime_service import RealtimeService

PICTURES = demos.FOLDER.parent / "docs" / "assets" / "demos"
START_SECONDS = 180
SETTLED_MS = 5_000
"""The pictures show a stream that has run for a while, with levels, charts and boxes."""

STEPS = {
    "echo": ["tab:Video", "start"],
    "video_detection": ["start"],
    "audio_video": ["start"],
    "process_pool": ["start"],
    "additional_outputs": ["start"],
    "screen_share": ["start", "source", "radio:Green-blind (deuteranopia)"],
    "server_audio": ["button:Play"],
    "stream_page": ["start", "until:[data-turn=replying]"],
    "server_video": ["button:Play"],
    "fireworks": ["button:Watch"],
    "magic_8_ball": ["start", "until:[data-ball=answer]"],
    "conversation": ["start", "until:.bot.message >> nth=1"],
    "voice_chat": ["start", "until:.bot.message >> text=umbrella"],
    "talk_to_realtime_api": ["start", "until:[data-turn=replying]"],
    "hello_computer": ["start", "until:[data-machine=awake] .said:not(:empty)"],
    "live_transcript": ["start", "until:.sheet p:not(.now, .hint)"],
    "phone": ["start", "button:3"],
    "html_client": ["start", "until:#said li >> nth=2"],
    "typescript_client": ["start", "calls:3"],
    "gallery": [],
}
SPOKEN: dict[str, tuple[str | float, ...]] = {
    "magic_8_ball": ("Should I go to the party?", 30.0),
    "conversation": (6.0, "Hello my friend.", 30.0),
    "hello_computer": (9.0, "Computer, tell me a joke.", 30.0),
    "stream_page": ("Should I go to the party?", 2.0, "What is the capital of France?", 9.0),
    "live_transcript": (
        "Good morning, and welcome to the meeting.",
        1.5,
        # Is being said while the picture is taken.
        "Today we talk about the new garden behind the house, where the apple trees will stand, "
        "how much water they need in the summer, and who will pick the apples in autumn.",
        30.0,
    ),
    "phone": (30.0,),
    "html_client": ("Pretty Polly.", 3.0, "Who is a clever bird?", 3.5, "Good morning!", 30.0),
    "voice_chat": ("Should I go to the party?", 30.0),
    "talk_to_realtime_api": (2.0, "What can I see in Paris in a day?", 60.0),
}
"""What the microphone hears instead of the scale, see ``speaking.microphone``."""
ANSWER = ["By all means go to the party, and dance. ", "But take an umbrella: it may rain."]
OWN_EARS = {"GRADIO_WEBRTC_STT": ""}
"""Recognition as people get it, for the demo that shows nothing else."""
REALTIME = RealtimeService(
    question="What can I see in Paris in a day?",
    answer="Start at Notre-Dame in the morning, walk along the Seine to the Louvre, and be on "
    "Montmartre when the sun goes down. Shall I tell you where to have lunch on the way?",
)


def hum(path: Path) -> None:
    """Write a scale, sung with a little vibrato."""
    times = np.arange(int(0.8 * spoken_audio.RATE)) / spoken_audio.RATE
    fade = np.minimum(1, np.minimum(times, times[::-1]) / 0.05)
    notes = []
    for pitch in (60, 64, 67, 72, 71, 67, 64, 62):
        phase = 2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * times + 0.2 * np.sin(31 * times)
        notes.append(fade * sum(np.sin(k * phase) / k**1.3 for k in range(1, 9)))
    spoken_audio.write_wav(path, 0.3 * np.concatenate(notes))


def heard(folder: Path, name: str) -> tuple[str, ...]:
    """Write what the microphone hears and return the browser's flags for it."""
    path = folder / f"{name}.wav"
    if name in SPOKEN:
        return microphone(path, *SPOKEN[name])
    hum(path)
    return (*FLAGS, f"--use-file-for-fake-audio-capture={path}")


@contextmanager
def running(name: str, model_url: str, further: dict[str, str]) -> Iterator[str]:
    """Start a demo in a process of its own and give its address."""
    port = free_port()
    environment = {
        **os.environ,
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_WEBRTC_STT": "sphinx",
        "GRADIO_WEBRTC_TTS": "espeak",
        "OPENAI_BASE_URL": model_url,
        "OPENAI_MODEL": "a language model",
        **further,
    }
    process = subprocess.Popen(
        [sys.executable, str(demos.FOLDER / name / "app.py")],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}/"
    try:
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                urllib.request.urlopen(url, timeout=10).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > end:
                    raise
                time.sleep(0.5)
        yield url
    finally:
        process.terminate()
        process.wait()


def use(page: Page, steps: list[str]) -> None:
    """Do what ``STEPS`` says."""
    for step in steps:
        action, _, name = step.partition(":")
        if action == "until":
            page.locator(name).wait_for()
        elif action == "calls":
            call(page, int(name))
        elif action in ("tab", "radio", "button"):
            page.get_by_role(action, name=name, exact=True).click()  # type: ignore[arg-type]
        else:
            page.get_by_test_id(f"webrtc-{action}").filter(visible=True).click()
        if action in ("start", "button"):
            page.locator("[data-testid=webrtc][data-state=connected]").first.wait_for()
    page.wait_for_timeout(SETTLED_MS)


def call(page: Page, times: int) -> None:
    """Hold the button to talk so many times, and wait each time until an answer is noted."""
    button = page.get_by_test_id("webrtc-talk")
    for number in range(times):
        button.dispatch_event("pointerdown", {"button": 0, "pointerId": 1})
        page.wait_for_timeout(900 + 400 * number)
        button.dispatch_event("pointerup", {"pointerId": 1})
        page.locator("#calls li").nth(number).wait_for()


def take(browser: Browser, name: str, url: str, width: int, height: int, theme: str) -> bytes:
    """Return a PNG of a demo in use."""
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.set_default_timeout(START_SECONDS * 1000)
    page.goto(f"{url}?__theme={theme}")
    page.locator("h1").first.wait_for()
    use(page, STEPS[name])
    shot = page.screenshot()
    context.close()
    return shot


def main() -> None:
    """Take what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=[])
    parser.add_argument("--width", type=int, default=1080)
    parser.add_argument("--height", type=int, default=675)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--folder", type=Path, default=PICTURES)
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    theme = "dark" if chosen.dark else "light"
    with (
        tempfile.TemporaryDirectory() as media,
        model_server.running() as models,
        REALTIME.running() as realtime,
        sync_playwright() as playwright,
    ):
        models.pieces = [ANSWER]
        drawn_face.write_video(Path(media, "face.mjpeg"), size=(960, 540))
        # The gallery's own picture shows those of the others.
        for name in chosen.names or sorted(STEPS, key=lambda name: name == "gallery"):
            browser = playwright.chromium.launch(
                executable_path=find_chromium(),
                args=[
                    *heard(Path(media), name),
                    f"--use-file-for-fake-video-capture={media}/face.mjpeg",
                ],
            )
            further = {
                "talk_to_realtime_api": realtime.environment,
                "live_transcript": OWN_EARS,
            }
            with running(name, models.url, further.get(name, {})) as url:
                shot = take(browser, name, url, chosen.width, chosen.height, theme)
            Image.open(BytesIO(shot)).save(chosen.folder / f"{name}.webp", quality=80)
            browser.close()


if __name__ == "__main__":
    main()
