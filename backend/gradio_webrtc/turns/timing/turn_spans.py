"""The timings of turns as OpenTelemetry spans; needs the extra ``telemetry``.

Names and attributes are those of the semantic conventions for generative AI
(https://opentelemetry.io/docs/specs/semconv/gen-ai/) and for sessions, as far as there are any: a
turn is ``invoke_agent``. There are none for what a voice adds, which is named here.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.turns.timing.turn_timings import TurnTimings

if TYPE_CHECKING:
    from opentelemetry.trace import TracerProvider

SCOPE = "gradio_webrtc"
INSTALL = 'TurnSpans needs a package: pip install "gradio_webrtc[telemetry]"'
_NANOSECONDS = 1_000_000_000


class TurnSpans:
    """Makes a trace of each turn: ``ReplyOnPause(on_turn=TurnSpans())``. Any thread.

    Its span ``invoke_agent`` lasts from the end of somebody's speech to the end of the reply. The
    children ``end_of_turn``, ``transcribe``, ``generate``, ``synthesize`` and ``play`` are its
    stages, as far as they are known; what the reply marked is an event.

    Spans go where the application sends its own; without an OpenTelemetry SDK, nowhere.
    """

    def __init__(
        self, agent_name: str | None = None, *, tracer_provider: TracerProvider | None = None
    ) -> None:
        """Make spans from now on.

        Args:
            agent_name: of what replies, for the span's name and ``gen_ai.agent.name``.
            tracer_provider: makes the spans; by default the application's.

        Raises:
            ConfigurationError: the extra is not installed.
        """
        try:
            from opentelemetry import context, trace
        except ImportError:
            raise ConfigurationError(INSTALL) from None
        self._tracer = trace.get_tracer(SCOPE, tracer_provider=tracer_provider)
        self._under = trace.set_span_in_context
        self._root = context.Context()
        self._agent_name = agent_name

    def __call__(self, turn: TurnTimings) -> None:
        """Make the spans of a turn that is over."""
        span = self._tracer.start_span(
            " ".join(["invoke_agent", *([self._agent_name] if self._agent_name else [])]),
            context=self._root,  # whatever began the connection is over
            attributes=_attributes(turn, self._agent_name),
            start_time=_wall(turn, 0.0),
        )
        inside = self._under(span, self._root)
        for name, start, end in stages(turn):
            child = self._tracer.start_span(name, context=inside, start_time=_wall(turn, start))
            child.end(_wall(turn, end))
        for name, moment in turn.marks.items():
            span.add_event(name, timestamp=_wall(turn, moment))
        span.end(_wall(turn, _last(turn)))


def stages(turn: TurnTimings) -> Iterator[tuple[str, float, float]]:
    """Yield name, beginning and end of the stages that are known, in seconds. Pure.

    Each begins where the last one that is known before it ended. A reply that was begun in the
    pause has stages that begin before the turn had ended.
    """
    if turn.spoken:
        yield "end_of_turn", 0.0, turn.decided_s
    before = 0.0 if turn.speculative else turn.decided_s
    for name, end in (
        ("transcribe", turn.transcribed_s),
        ("generate", turn.first_token_s),
        ("synthesize", turn.first_audio_s),
    ):
        if end is not None:
            yield name, min(before, end), end
            before = end
    if turn.first_heard_s is not None:
        yield "play", turn.first_heard_s, max(turn.first_heard_s, _last(turn))


def _last(turn: TurnTimings) -> float:
    """Return when the last that is known happened."""
    known = [turn.decided_s, turn.transcribed_s, turn.first_token_s, turn.first_audio_s]
    more = [turn.first_heard_s, turn.ended_s]
    return max(at for at in itertools.chain(known, more, turn.marks.values()) if at is not None)


def _wall(turn: TurnTimings, seconds: float) -> int:
    """Return the nanoseconds since the epoch of ``seconds`` after the end of speech."""
    return round((turn.speech_ended_at + seconds) * _NANOSECONDS)


def _attributes(turn: TurnTimings, agent_name: str | None) -> dict[str, str | bool | float]:
    named: dict[str, str] = {} if agent_name is None else {"gen_ai.agent.name": agent_name}
    return {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.conversation.id": turn.webrtc_id,
        "gen_ai.output.type": "speech",
        "session.id": turn.webrtc_id,
        "gradio_webrtc.turn.spoken": turn.spoken,
        "gradio_webrtc.turn.utterance_s": turn.utterance_s,
        "gradio_webrtc.turn.interrupted": turn.interrupted,
        "gradio_webrtc.turn.speculative": turn.speculative,
        **named,
    }
