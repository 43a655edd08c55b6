"""A telephone in the page, and a caller who needs none: both call this app as Twilio would."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import numpy as np

from gradio_webrtc import (
    AdditionalOutputs,
    AsyncStreamHandler,
    CloseStream,
    TelephoneError,
    WebRTCError,
    get_tts_model,
)
from gradio_webrtc.simulated_calls.call import SimulatedCall

RATE = 8_000
QUIET_SECONDS = 1.5
LONGEST_SECONDS = 40.0
MOST_UNSAID = 0.3
"""Seconds: what comes too fast, after a hole in the network, would be heard late for ever."""

Audio = tuple[int, np.ndarray]


class Journal:
    """What happened in a call, a line for each thing."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._began = asyncio.get_running_loop().time()

    def note(self, text: str) -> str:
        """Add a line, and return all."""
        seconds = asyncio.get_running_loop().time() - self._began
        self.lines.append(f"{str(timedelta(seconds=round(seconds)))[2:]}  {text}")
        return "\n".join(self.lines)


class Telephone(AsyncStreamHandler):
    """Carries sound between the person's page and a call.

    Args:
        number: returns the address that is called.
    """

    def __init__(self, number: Callable[[], str]) -> None:
        super().__init__(input_sample_rate=RATE, output_sample_rate=RATE)
        self.number = number
        self.call: SimulatedCall | None = None
        self.out: asyncio.Queue[object] = asyncio.Queue()
        self.dialled: str | None = None

    def copy(self) -> Telephone:
        """Make the telephone of one page."""
        return Telephone(self.number)

    async def start_up(self) -> None:
        """Call, and stay on the line until the call is over."""
        await self.wait_for_args()
        journal = Journal()
        self.note = lambda text: self.out.put_nowait(AdditionalOutputs(journal.note(text)))
        self.note("ringing")
        call = SimulatedCall(self.number())
        call.on_heard = lambda heard, at: self.out.put_nowait((RATE, heard))
        call.on_event = self.tell
        try:
            async with call:
                self.note("answered" if not call.over.is_set() else "refused")
                self.call = call
                await call.over.wait()
        except TelephoneError as error:
            raise WebRTCError(str(error)) from error
        for words in call.spoken:
            self.note(f"Twilio says: {words}")
        self.out.put_nowait(CloseStream("The other side has hung up."))

    async def receive(self, frame: Audio) -> None:
        """Pass on what the person says."""
        if self.call is not None and self.call.unsaid_s < MOST_UNSAID:
            self.call.speak(frame)

    async def emit(self) -> object:
        """Pass on what is to be heard."""
        return await self.out.get()

    def set_args(self, args: list[object]) -> None:
        """Press the keys that were added to those on display."""
        super().set_args(args)
        before, self.dialled = self.dialled, str(args[-1] or "")
        if before is not None:
            pressing = self.press(self.dialled[len(before) :])
            asyncio.run_coroutine_threadsafe(pressing, self.loop)

    async def press(self, digits: str) -> None:
        """Press keys."""
        if self.call is not None and digits:
            await self.call.press(digits)
            self.note(f"key {digits}")

    def tell(self, event: str) -> None:
        """Note when the other side falls silent because it was spoken into."""
        if event == "clear":
            self.note("interrupted: clear")


async def call_and_ask(number: str, question: str) -> tuple[Audio, str]:
    """Call, ask, listen to the answer, and hang up; return what was heard and the journal."""
    journal = Journal()
    async with SimulatedCall(number) as call:
        if not call.over.is_set():
            journal.note("answered")
            call.on_event = lambda event: (
                journal.note("interrupted: clear") if event == "clear" else None
            )
            await asyncio.sleep(1.5)  # into the welcome, as people do who know it
            journal.note(f"says: {question}")
            await call.say(await asyncio.to_thread(get_tts_model().tts, question))
            journal.note("listens")
            await until_quiet(call)
            journal.note("hangs up")
    for words in call.spoken:
        journal.note(f"Twilio says: {words}")
    return (RATE, call.audio), "\n".join(journal.lines)


async def until_quiet(call: SimulatedCall) -> None:
    """Wait until something was said and nothing more is."""
    spoken, quiet = False, 0.0
    for _ in range(round(LONGEST_SECONDS / 0.1)):
        await asyncio.sleep(0.1)
        loud = np.abs(call.audio[-800:].astype(int)).max(initial=0) > 500
        spoken, quiet = spoken or loud, 0.0 if loud else quiet + 0.1
        if call.over.is_set() or (spoken and quiet >= QUIET_SECONDS):
            return
