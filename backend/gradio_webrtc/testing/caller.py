"""A caller that follows a script: says this, expects that, interrupts, listens to silence."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from gradio_webrtc.client.errors import CallEndedError, NothingCameError
from gradio_webrtc.client.received import ReceivedOutput
from gradio_webrtc.client.sending.audio_line import Said
from gradio_webrtc.client.sending.sources import AudioToSend
from gradio_webrtc.speech.recognition.stt import STTModel
from gradio_webrtc.speech.synthesis.tts import TTSModel
from gradio_webrtc.testing.errors import (
    NoOutputError,
    NoReplyError,
    NotInterruptedError,
    NotSilentError,
    WrongReplyError,
)
from gradio_webrtc.testing.hearing import GAP_SECONDS, Hearing, Stretch, Watch, contains
from gradio_webrtc.testing.scripted_call import Reply, ScriptedCall
from gradio_webrtc.testing.speech import recognised, spoken

STEP_SECONDS = 0.1
FALLEN_SILENT_SECONDS = 0.3
"""Without sound for so long, an interrupted app has fallen silent."""


class Caller:
    """One caller of one call; see ``call``, ``phone`` and ``in_process`` for how to get one.

    Args:
        call: what it talks over.
        press: presses a key of its telephone; ``None`` where it has none.
        voice: speaks its texts; by default the best that is installed.
        ears: recognise what it hears; by default the best that are installed.
    """

    def __init__(
        self,
        call: ScriptedCall,
        *,
        press: Callable[[str], Any] | None = None,
        voice: TTSModel | None = None,
        ears: STTModel | None = None,
    ) -> None:
        self.call = call
        self._press = press
        self._voice = voice
        self._ears = ears
        self._loop = asyncio.get_running_loop()
        self._start = self._loop.time()
        self._hearing = Hearing()
        self._watch = Watch(self._hearing)
        self._from = self._spoke_until = self._start
        """Sound that ended before this was expected already."""
        self._outputs = 0
        self._script: list[str] = []
        call.audio.listen(self._hearing.hear)

    @property
    def now_s(self) -> float:
        """Seconds since the call began, on the call's clock."""
        return self._loop.time() - self._start

    # -- speaking ------------------------------------------------------------------------------

    async def say(self, what: str | AudioToSend) -> Said:
        """Say a text, or play ``(sample_rate, array)`` or a file; return when it has been said.

        Replies are expected from then on.

        Args:
            what: a text is spoken by ``voice``; a ``pathlib.Path`` names a file.
        """
        audio = await self._spoken(what)
        said = await self.call.say(audio)
        self._from = self._spoke_until = said.ended
        self._script.append(f"{self._at(said.began)} the caller said {_name(what)}")
        return said

    async def interrupt(
        self, what: str | AudioToSend, *, after_s: float = 0.5, silent_within_s: float = 1.5
    ) -> float:
        """Speak into a reply; return the seconds from then until the app fell silent.

        Waits for the reply, and until it has gone on for ``after_s``. What the app says afterwards
        is the next reply.

        Args:
            what: as in ``say``.
            after_s: of the reply that are heard before.
            silent_within_s: of the beginning of what is said.

        Raises:
            NoReplyError: there is no reply to speak into.
            NotInterruptedError: the app went on talking.
        """
        audio = await self._spoken(what)
        stretch = await self._reply(10.0)
        await self._until(stretch.began + after_s)
        began = self._loop.time()
        saying = asyncio.ensure_future(self.call.say(audio))
        self._script.append(f"{self._at(began)} the caller interrupted with {_name(what)}")
        fell = await self._watch.until(
            lambda: self._loop.time() - stretch.ended >= FALLEN_SILENT_SECONDS,
            began + silent_within_s + FALLEN_SILENT_SECONDS,
            0.02,
        )
        silent = stretch.ended
        said = await saying
        if not fell:
            raise NotInterruptedError(
                f"The app went on talking for {silent_within_s:g} s after {self._at(began)}. "
                f"{self._talk()}"
            )
        self._hearing.end_stretch()
        self._from, self._spoke_until = silent, said.ended
        return max(0.0, silent - began)

    async def press(self, keys: str) -> None:
        """Press keys of the telephone, one after the other."""
        if self._press is None:
            raise ValueError("This call has no keys: call phone() or in_process().")
        for key in keys:
            pressed = self._press(key)
            if asyncio.iscoroutine(pressed):
                await pressed
        self._script.append(f"{self._at(self._loop.time())} the caller pressed {keys}")

    async def hang_up(self) -> None:
        """End the call."""
        self._script.append(f"{self._at(self._loop.time())} the caller hung up")
        await self.call.hang_up()

    # -- expecting -----------------------------------------------------------------------------

    async def expect_reply(
        self,
        containing: str | None = None,
        *,
        within_s: float = 5.0,
        ends_within_s: float = 30.0,
    ) -> Reply:
        """Expect the app to speak, and listen until it pauses for 0.7 s.

        Args:
            containing: words that it has to say, whatever their case and the marks between them;
                ``None`` for anything, which no recogniser is asked about.
            within_s: from the end of what the caller said, or of the last reply, to its beginning.
            ends_within_s: how long it may go on.

        Raises:
            NoReplyError: nothing was heard in time.
            WrongReplyError: other words were heard, or it does not end.
        """
        since = self._spoke_until
        stretch = await self._reply(within_s)
        over = await self._watch.until(
            lambda: self._loop.time() - stretch.ended > GAP_SECONDS or self.call.ending is not None,
            self._loop.time() + ends_within_s,
            STEP_SECONDS,
        )
        self._from = self._spoke_until = stretch.ended
        text = "" if containing is None else await self._words(stretch)
        self._script.append(f"{self._at(stretch.began)} the app said {text!r}")
        if not over:
            raise WrongReplyError(
                f"The app still talks after {ends_within_s:g} s. {self._talk()}", text
            )
        if containing is not None and not contains(text, containing):
            raise WrongReplyError(
                f"Expected a reply with {containing!r}; heard {text!r} from "
                f"{self._at(stretch.began)} to {self._at(stretch.ended)}. {self._talk()}",
                text,
            )
        return Reply(
            text,
            stretch.began - self._start,
            stretch.ended - self._start,
            stretch.began - since,
            stretch.sample_rate,
            stretch.audio,
        )

    async def expect_silence(self, for_s: float) -> None:
        """Expect the app to say nothing for so long from now on.

        Raises:
            NotSilentError: it did; the text says what and when.
        """
        began = self._loop.time()
        await self._watch.until(
            lambda: self._hearing.after(began) is not None, began + for_s, for_s
        )
        stretch = self._hearing.after(began)
        if stretch is not None:
            await self._watch.until(
                lambda: self._loop.time() - stretch.ended > GAP_SECONDS,
                self._loop.time() + 10.0,
                STEP_SECONDS,
            )
            heard = await self._words(stretch)
            raise NotSilentError(
                f"Expected silence for {for_s:g} s from {self._at(began)} on; heard {heard!r} at "
                f"{self._at(max(began, stretch.began))}. {self._talk()}"
            )

    async def expect_output(self, wanted: Any = None, *, within_s: float = 5.0) -> Any:
        """Expect the next additional output that fits; return its value.

        In process that is a tuple of what ``AdditionalOutputs`` was given; over a network what the
        app makes of it, see ``ReceivedOutput``.

        Args:
            wanted: the value, or a function of it that says whether it is the one; ``None`` for
                any.
            within_s: from now.

        Raises:
            NoOutputError: none came; the text says which did.
        """

        def fits(output: ReceivedOutput) -> bool:
            if wanted is None:
                return True
            return bool(wanted(output.value) if callable(wanted) else wanted == output.value)

        feed, passed = self.call.outputs, self._outputs
        try:
            found = await feed.first(fits, within_s=within_s, after=passed)
        except (NothingCameError, CallEndedError) as error:
            raise NoOutputError(f"{error} {self._talk()}") from None
        kept = feed.kept
        self._outputs = (
            feed.count
            - len(kept)
            + next(place for place, each in enumerate(kept, 1) if each is found)
        )
        return found.value

    # -- inside --------------------------------------------------------------------------------

    async def _reply(self, within_s: float) -> Stretch:
        since = self._from
        came = await self._watch.until(
            lambda: self._hearing.after(since) is not None or self.call.ending is not None,
            max(self._loop.time(), self._spoke_until + within_s),
            STEP_SECONDS,
        )
        stretch = self._hearing.after(since)
        if not came or stretch is None:
            ending = self.call.ending
            why = "" if ending is None else f" The call is over ({ending.reason}): {ending.text}"
            raise NoReplyError(
                f"The app said nothing within {within_s:g} s of {self._at(self._spoke_until)}."
                f"{why} {self._talk()}"
            )
        return stretch

    async def _until(self, moment: float) -> None:
        await asyncio.sleep(max(0.0, moment - self._loop.time()))

    async def _spoken(self, what: str | AudioToSend) -> AudioToSend:
        if not isinstance(what, str):
            return what
        return await asyncio.to_thread(spoken, what, self._voice)

    async def _words(self, stretch: Stretch) -> str:
        audio = (stretch.sample_rate, stretch.audio)
        return await asyncio.to_thread(recognised, audio, self._ears)

    def _at(self, moment: float) -> str:
        return f"{moment - self._start:.2f} s"

    def _talk(self) -> str:
        told = [
            f"{self._at(each.at)} {each.type} {each.data}"
            for each in self.call.messages.kept[-12:]
            if each.type in ("log", "error", "warning", "end_stream", "stopword")
        ]
        lines = [*self._script[-8:], *told]
        return "The talk so far: " + ("; ".join(lines) or "nothing") + "."


def _name(what: str | AudioToSend) -> str:
    if isinstance(what, str):
        return repr(what)
    if isinstance(what, os.PathLike):
        return os.fspath(what)
    if isinstance(what, tuple):
        return f"{np.asarray(what[1]).size / float(what[0]):.2f} s of sound"
    return type(what).__name__
