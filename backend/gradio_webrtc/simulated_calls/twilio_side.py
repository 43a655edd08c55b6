"""The messages that Twilio sends about a call, made as its documentation shows them. Pure.

Written apart from what reads them, ``transports.telephone.twilio_messages``, so that a mistake of
one is not the other's as well.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping

from gradio_webrtc.json_values import Json, JsonObject

FRAME_MS = 20


class TwilioSide:
    """Makes the messages of one call, in the order in which they are sent.

    Attributes:
        account_sid, call_sid, stream_sid: Twilio's ids of the account, the call and its stream.
    """

    def __init__(self) -> None:
        self.account_sid = "AC" + secrets.token_hex(16)
        self.call_sid = "CA" + secrets.token_hex(16)
        self.stream_sid = "MZ" + secrets.token_hex(16)
        self._number = self._chunk = 0

    def form(self, caller: str, called: str) -> dict[str, str]:
        """Return what is posted to the app when ``caller`` calls."""
        return {
            "AccountSid": self.account_sid,
            "ApiVersion": "2010-04-01",
            "CallSid": self.call_sid,
            "CallStatus": "ringing",
            "Direction": "inbound",
            "From": caller,
            "To": called,
        }

    def connected(self) -> str:
        """Return the first message."""
        return json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})

    def start(self, parameters: Mapping[str, str]) -> str:
        """Return the second message, with the ``<Parameter>`` elements of the TwiML."""
        layout: JsonObject = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
        return self._message(
            "start",
            {
                "accountSid": self.account_sid,
                "streamSid": self.stream_sid,
                "callSid": self.call_sid,
                "tracks": ["inbound"],
                "mediaFormat": layout,
                "customParameters": parameters,
            },
        )

    def media(self, voice: bytes) -> str:
        """Return 20 ms of what the caller says, mu-law."""
        self._chunk += 1
        return self._message(
            "media",
            {
                "track": "inbound",
                "chunk": str(self._chunk),
                "timestamp": str((self._chunk - 1) * FRAME_MS),
                "payload": base64.b64encode(voice).decode("ascii"),
            },
        )

    def mark(self, name: str) -> str:
        """Return a mark."""
        return self._message("mark", {"name": name})

    def dtmf(self, digit: str) -> str:
        """Return that a key was pressed."""
        return self._message("dtmf", {"track": "inbound_track", "digit": digit})

    def stop(self) -> str:
        """Return that the call is over."""
        return self._message("stop", {"accountSid": self.account_sid, "callSid": self.call_sid})

    def _message(self, event: str, part: JsonObject) -> str:
        self._number += 1
        message: dict[str, Json] = {"event": event, "sequenceNumber": str(self._number)}
        return json.dumps({**message, event: part, "streamSid": self.stream_sid})
