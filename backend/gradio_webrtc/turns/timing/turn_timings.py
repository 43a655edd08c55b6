"""The timings of one turn, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from gradio_webrtc.json_values import Json


@dataclass(frozen=True)
class TurnTimings:
    """When what happened in one turn: somebody spoke, and was answered.

    All times that end in ``_s`` are seconds since ``speech_ended_at``, ``None`` for what did not
    happen. They are taken on the server, where the person's audio arrives and the reply leaves.

    Attributes:
        webrtc_id: of the connection.
        speech_ended_at: when the last speech ended, in seconds since the epoch. In a turn in which
            nobody spoke (a greeting, a text, ``say()``) it is when the reply was asked for.
        spoken: whether somebody spoke.
        utterance_s: how long what they said is, in seconds.
        decided_s: when it was clear that they have finished, and the reply was wanted.
        transcribed_s: when what they said had been recognised by an engine of this package within
            the reply, or the reply said so by ``mark("transcribed")``.
        first_token_s: when the reply had its first words: marked by ``mark("first_token")``, given
            to a voice of this package, or yielded as audio, whichever came first.
        first_audio_s: when the reply had its first audio.
        first_heard_s: when the first of it was played to the person.
        ended_s: when the reply had been played to its end, or was dropped; ``None`` when the
            connection ended before that.
        interrupted: whether it was dropped.
        speculative: whether the reply was begun before it was clear that they have finished.
        playout_s: how much later than it arrives there the person's page plays audio, in seconds,
            if it says so. With the way there it is what ``first_heard_s`` does not know of.
        marks: the other names that the reply marked, and when.
    """

    webrtc_id: str
    speech_ended_at: float
    spoken: bool
    utterance_s: float
    decided_s: float
    transcribed_s: float | None = None
    first_token_s: float | None = None
    first_audio_s: float | None = None
    first_heard_s: float | None = None
    ended_s: float | None = None
    interrupted: bool = False
    speculative: bool = False
    playout_s: float | None = None
    marks: Mapping[str, float] = field(default_factory=dict, hash=False)

    def as_json(self) -> dict[str, Json]:
        """Return the fields under their names, for logs and messages; times to the millisecond."""
        values: dict[str, Json] = {}
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, Mapping):
                value = {name: round(time, 3) for name, time in value.items()}
            values[each.name] = round(value, 3) if isinstance(value, float) else value
        return values
