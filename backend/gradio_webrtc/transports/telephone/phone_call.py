"""Who calls whom, from Twilio's question what to do to the handler that serves the call. Pure.

Twilio tells it with its question, and the answer has it come back with the stream: as
``<Parameter>`` elements, which ``start`` has as ``customParameters``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gradio_webrtc.transports.telephone.twilio_messages import (
    MAX_PARAMETER_CHARACTERS,
    MAX_PARAMETERS,
    Start,
)

CALLER, CALLED = "From", "To"


@dataclass(frozen=True)
class PhoneCall:
    """A telephone call: ``get_current_context().websocket.state.call`` in its handler.

    Attributes:
        call_sid: Twilio's id of it, for its REST API.
        caller: the number that calls, ``"+15550100"`` or what a SIP caller has; empty when Twilio
            was not answered by this package. It can be forged in the telephone network.
        called: the number that was called.
        parameters: of the address that Twilio asked, ``/telephone/incoming?customer=7``, and those
            of TwiML of your own.
    """

    call_sid: str = ""
    caller: str = ""
    called: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, start: Start) -> PhoneCall:
        """Return the call that a stream belongs to."""
        rest = dict(start.parameters)
        caller, called = rest.pop(CALLER, ""), rest.pop(CALLED, "")
        return cls(start.call_sid, caller, called, rest)


def stream_parameters(form: Mapping[str, str], query: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters to give a stream on its way.

    Args:
        form: what Twilio posted.
        query: of the address it asked. What is longer than Twilio lets through is left out.
    """
    wanted = {**query, CALLER: form.get(CALLER, ""), CALLED: form.get(CALLED, "")}
    kept = {
        name: value
        for name, value in wanted.items()
        if name and value and len(name) + len(value) < MAX_PARAMETER_CHARACTERS - 12
    }
    return dict(list(kept.items())[-MAX_PARAMETERS:])
