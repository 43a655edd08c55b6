"""Saying an interjection into a reply that never happens, and seeing what becomes of it.

The audio goes through the package's own listener, turn machine and recogniser as fast as they can;
the CPU time of the recogniser counts as the time it takes, so that a busy machine does not matter.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradio_webrtc.concurrency.pooled_threads import POOLED
from gradio_webrtc.handlers.invoke import call
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.speech.registry import get_stt_model
from gradio_webrtc.turns.detection.listener import Listener
from gradio_webrtc.turns.detection.speech_events import SpeechStarted
from gradio_webrtc.turns.interruption.choice import Understanding
from gradio_webrtc.turns.options import InterruptionOptions
from gradio_webrtc.turns.turn_machine import Action, Do, TurnMachine

RATE = 48_000
FRAME = RATE // 50
BEFORE_S, AFTER_S = 1.0, 1.5


@dataclass
class Outcome:
    """What became of the reply.

    Attributes:
        held: whether it fell silent.
        ended: whether it ended.
        decided_s: seconds from the last sound of the interjection to the decision.
        recognised: what was recognised, each time it was asked.
        cpu_s: CPU seconds that took.
    """

    held: bool = False
    ended: bool = False
    decided_s: float | None = None
    recognised: tuple[str, ...] = ()
    cpu_s: float = 0.0


async def replay(sound: Int16Array, understanding: Understanding | None) -> Outcome:
    """Return what comes of ``sound``, int16 ``(samples,)`` at 48 kHz, said into a reply."""
    machine = TurnMachine(InterruptionOptions(), understands=understanding is not None)
    machine.reply_began()
    machine.reply_sounded()
    said = _Said(machine, understanding, BEFORE_S + sound.size / RATE)
    listener = Listener(RATE, hurry=lambda: True)
    noise = np.random.default_rng(1).normal(0, 12, round((BEFORE_S + AFTER_S) * RATE) + sound.size)
    at = round(BEFORE_S * RATE)
    noise[at : at + sound.size] += sound
    room = np.clip(noise, -32_768, 32_767).astype(np.int16)[np.newaxis]
    for start in range(0, room.shape[1] - FRAME + 1, FRAME):
        said.now = (start + FRAME) / RATE
        for event in await listener.hear((RATE, room[:, start : start + FRAME])):
            if isinstance(event, SpeechStarted):
                said.does(machine.speech_started(event.time))
            else:
                said.does(machine.turn_ended(event.speech_s, event.time, paused=True))
        await said.hears(listener)
        if said.outcome.decided_s is not None and said.due is None:
            break
    await listener.aclose()
    return said.outcome


class _Said:
    """Does what ``ListeningIn`` and a conversation do, in the time of the recording."""

    def __init__(
        self, machine: TurnMachine, understanding: Understanding | None, last_sound: float
    ) -> None:
        self.machine = machine
        self.understanding = understanding
        self.last_sound = last_sound
        self.outcome = Outcome()
        self.now = 0.0
        self.due: tuple[float, bool | None] | None = None

    def does(self, actions: Sequence[Action]) -> None:
        """Note what the machine decided."""
        self.outcome.held = self.outcome.held or Do.HOLD in actions
        if Do.DROP_REPLY in actions or Do.RELEASE in actions:
            self.outcome.ended = Do.DROP_REPLY in actions
            self.outcome.decided_s = self.now - self.last_sound

    async def hears(self, listener: Listener) -> None:
        """Ask for words, and take them when they are due."""
        interjection = self.machine.interjection
        if self.due is not None and self.now >= self.due[0]:
            ends, self.due = self.due[1], None
            self.does(self.machine.understood(interjection, ends))
        pause = listener.pause_so_far()
        quiet = 0.0 if pause is None else pause.seconds
        wants = self.machine.held and interjection.wants_words(listener.speech_s, quiet)
        if self.understanding is not None and wants:
            interjection.asked(listener.speech_s)
            self.due = await self._recognised(listener.turn_so_far())
        self.does(self.machine.speech_goes_on(listener.speech_s))

    async def _recognised(self, samples: Int16Array) -> tuple[float, bool | None]:
        assert self.understanding is not None
        stt = self.understanding.stt
        model = get_stt_model(stt) if isinstance(stt, str) else stt
        began = time.process_time()
        text = model.stt((RATE, samples))
        took = time.process_time() - began
        self.outcome.cpu_s += took
        self.outcome.recognised += (text,)
        judge = self.understanding.judge
        return self.now + took, await call(judge, text, worker=POOLED) if text else None
