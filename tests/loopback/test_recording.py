"""Recordings of real connections, decoded."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from av import VideoFrame

from gradio_webrtc import Recording, Stream, WebRTCError, get_current_context
from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.recording.recorder import Recorder
from gradio_webrtc.transports.peer_transport import PeerTransport
from gradio_webrtc.transports.sending.outgoing_media import OutgoingMedia
from tests.support.echo_handlers import EchoHandler, SilentHandler
from tests.support.recognisable_tracks import NumberedTrack, SineTrack, main_frequency, purity
from tests.support.recordings import Recorded, decode
from tests.support.serving import Served
from tests.support.sessions import until
from tests.support.sync_tracks import FlashingHandler, FlashTrack, Schedule, ToneTrack


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def only_file(folder: Path) -> Path:
    [path] = files(folder)
    return path


def every(period: float, phase: float = 0.0) -> Schedule:
    """Return a schedule that is on for every second ``period``."""
    return lambda time: int((time + phase) / period) % 2 == 1


def both(folder: Path, handler: Callable[[], Any], **options: Any) -> Stream:
    """Return a recorded stream with sound and pictures."""
    stream = Stream(SilentHandler(), modality="audio", record=Recording(folder, **options))
    stream.host.settings.make_handler = handler
    stream.host.settings.modality = "audio-video"
    return stream


class Witness:
    """A recorder that notes what it is told before it passes it on.

    Attributes:
        told: side, kind, the loop's time, and whether it was a tone or a flash.
    """

    def __init__(self, recorder: Recorder) -> None:
        self.told: list[tuple[str, str, float, bool]] = []
        self._recorder = recorder
        self._loop = asyncio.get_running_loop()
        self.aclose = recorder.aclose

    def audio_received(self, pcm: Pcm) -> None:
        self._note("input", "sound", -pcm.duration, np.abs(pcm.samples).max() > 3000)
        self._recorder.audio_received(pcm)

    def audio_sent(self, pcm: Pcm) -> None:
        self._note("output", "sound", 0.0, np.abs(pcm.samples).max() > 3000)
        self._recorder.audio_sent(pcm)

    def video_received(self, picture: Any) -> None:
        self._note("input", "picture", -picture.delay, light(picture.frame))
        self._recorder.video_received(picture)

    def video_sent(self, frame: VideoFrame) -> None:
        self._note("output", "picture", 0.0, light(frame))
        self._recorder.video_sent(frame)

    def _note(self, side: str, kind: str, ago: float, on: Any) -> None:
        self.told.append((side, kind, self._loop.time() + ago, bool(on)))

    def mistaken(self, recorded: Recorded, side: str, kind: str) -> float:
        """Return for which share of its pieces the file shows something else at their moment."""
        origin = self.told[0][2]
        channel = 0 if side == "input" else 1
        level = recorded.level(channel) > 1000
        times = np.array([time for time, _ in recorded.pictures])
        half = slice(0, 160) if side == "input" else slice(160, 320)
        lights = [picture[:, half].mean() > 127 for _, picture in recorded.pictures]
        wrong = []
        for told_side, told_kind, time, on in self.told:
            if (told_side, told_kind) == (side, kind) and 1 < time - origin < 8:
                middle = time - origin + 0.01
                shown = (
                    level[min(round(middle / 0.01), level.size - 1)]
                    if kind == "sound"
                    else lights[np.searchsorted(times, middle + 0.02) - 1]
                )
                wrong.append(shown != on)
        assert len(wrong) > 15
        return float(np.mean(wrong))


def light(frame: VideoFrame) -> bool:
    return bool(frame.to_ndarray(format="gray").mean() > 127)


async def test_both_sides_with_sound_and_picture_in_sync(tmp_path: Path) -> None:
    """The person flashes every second, the app every 1.2 seconds, each with its tone.

    What is put to the test is the way from the wire into the file: on a busy machine the client
    itself sends its pictures late.
    """
    stream = both(tmp_path, lambda: FlashingHandler(every(1.2)))
    async with Served(stream) as server:
        person = every(1)
        client = server.client([ToneTrack(person), FlashTrack(person)])
        await client.take_answer(await client.offer(await client.make_offer()))
        session = server.session(client)
        witness = session.recorder = Witness(session.recorder)
        assert isinstance(session.transport, PeerTransport)
        outgoing = session.transport._outgoing
        assert isinstance(outgoing, OutgoingMedia)
        assert outgoing.video is not None
        outgoing.playback._sent, outgoing.video._sent = witness.audio_sent, witness.video_sent
        await client.connected()
        await until(lambda: client.heard > 8, seconds=60)
        await client.close()
        await server.empty()
    recorded = decode(only_file(tmp_path))
    assert recorded.codecs == {"audio": "opus", "video": "vp8"}
    assert recorded.duration == pytest.approx(8.5, abs=6)
    assert recorded.pictures[0][1].shape == (120, 320, 3)
    # A shift of 80 ms would be wrong for a sixth of each period, chance for half of it.
    for side in ("input", "output"):
        for kind in ("sound", "picture"):
            share = witness.mistaken(recorded, side, kind)
            # Sound that was held up comes later than the moment at which it is put.
            assert share < (0.25 if kind == "sound" else 0.16), (side, kind, share)
    assert main_frequency(recorded.sound[0]) == pytest.approx(440, abs=5)
    assert main_frequency(recorded.sound[1]) == pytest.approx(880, abs=5)
    # Nobody is heard on the other's side.
    assert purity(recorded.sound[0], 440) > 0.9
    assert purity(recorded.sound[1], 880) > 0.9


async def test_sound_of_both_sides_is_left_and_right(tmp_path: Path) -> None:
    stream = Stream(EchoHandler(), modality="audio", record=str(tmp_path))
    async with Served(stream) as server:
        client = await server.connected(SineTrack())
        await until(lambda: client.heard > 2)
    recorded = decode(only_file(tmp_path))
    assert recorded.codecs == {"audio": "opus"}
    assert recorded.duration == pytest.approx(2.2, abs=1)
    for channel in (0, 1):
        assert purity(recorded.sound[channel, 24_000:-24_000], 440) > 0.9


@pytest.mark.parametrize("side", ["input", "output"])
async def test_one_side_of_pictures(tmp_path: Path, side: Any) -> None:
    def negative(frame: Any) -> Any:
        return 255 - frame

    stream = Stream(negative, modality="video", record=Recording(tmp_path, side))
    async with Served(stream) as server:
        client = await server.connected(NumberedTrack())
        await until(lambda: len(client.pictures) > 60)
    recorded = decode(only_file(tmp_path))
    assert recorded.codecs == {"video": "vp8"}
    assert recorded.pictures[-1][1].shape == (80, 320, 3)
    # The highest bits of the numbers are dark in what the person sends.
    block = recorded.pictures[-1][1][50:70, -30:-10].mean()
    assert block < 70 if side == "input" else block > 185
    assert len(recorded.pictures) > 40


# -- files and endings -------------------------------------------------------------------------


async def test_each_session_has_its_file_and_one_without_media_has_none(tmp_path: Path) -> None:
    stream = Stream(EchoHandler(), modality="audio", record=str(tmp_path), concurrency_limit=None)
    async with Served(stream) as server:
        first = await server.connected(SineTrack(), webrtc_id="first")
        second = await server.connected(SineTrack(660), webrtc_id="..")
        await until(lambda: min(first.heard, second.heard) > 1)
        third = server.client(SineTrack(), webrtc_id="third")
        await third.offer(await third.make_offer())  # and is never heard of again
    frequencies = [main_frequency(decode(path).sound[0]) for path in files(tmp_path)]
    assert sorted(round(frequency, -1) for frequency in frequencies) == [440, 660]


@pytest.mark.parametrize("ending", ["hang up", "vanish", "time limit", "error", "shutdown"])
async def test_every_ending_completes_the_file(tmp_path: Path, ending: str) -> None:
    finished: list[tuple[Path, str, str, Recorded]] = []

    async def on_finished(path: Path, webrtc_id: str) -> None:
        finished.append((path, webrtc_id, get_current_context().webrtc_id, decode(path)))

    handler = EchoHandler()
    record = Recording(tmp_path, on_finished=on_finished)
    time_limit = 6 if ending == "time limit" else None
    stream = Stream(handler, modality="audio", record=record, time_limit=time_limit)
    limits = {"silence": 1.0} if ending == "vanish" else {}
    async with Served(stream, **limits) as server:
        client = await server.connected(SineTrack())
        await until(lambda: client.heard > 1.5, seconds=60)
        if ending == "hang up":
            await client.close()
        elif ending == "vanish":
            client.unplug()
        elif ending == "error":
            server.session(client)._failed(WebRTCError("enough"))
        if ending != "shutdown":
            await server.empty()
            assert len(finished) == 1
    [(path, webrtc_id, context_id, recorded)] = finished
    assert path == only_file(tmp_path)
    assert webrtc_id == context_id == client.webrtc_id
    assert recorded.duration is not None
    assert recorded.duration > 1
    assert purity(recorded.sound[0, 24_000:-24_000], 440) > 0.9


async def test_a_sync_on_finished_runs_beside_the_event_loop(tmp_path: Path) -> None:
    threads: list[int] = []

    def on_finished(path: Path, webrtc_id: str) -> None:
        threads.append(threading.get_ident())
        assert get_current_context().webrtc_id == webrtc_id
        path.rename(path.with_name("renamed.webm"))

    stream = Stream(
        EchoHandler(), modality="audio", record=Recording(tmp_path, "both", on_finished)
    )
    async with Served(stream) as server:
        client = await server.connected(SineTrack())
        await until(lambda: client.heard > 0.5)
    assert only_file(tmp_path).name == "renamed.webm"
    assert len(threads) == 1
    assert threads[0] != threading.get_ident()


async def test_an_error_in_on_finished_is_logged_and_harmless(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def on_finished(path: Path, webrtc_id: str) -> None:
        raise ValueError("no more room in the archive")

    stream = Stream(
        EchoHandler(), modality="audio", record=Recording(tmp_path, "both", on_finished)
    )
    async with Served(stream) as server:
        client = await server.connected(SineTrack())
        await until(lambda: client.heard > 0.5)
        await client.close()
        await server.empty()
    assert [record.levelno for record in caplog.records if "recording" in record.message] == [
        logging.ERROR
    ]
    assert only_file(tmp_path).stat().st_size > 1000
