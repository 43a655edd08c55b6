"""One call: the caller speaks, listens, presses keys and hangs up; Twilio is in between."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from gradio_webrtc.errors import TelephoneError
from gradio_webrtc.json_values import JsonObject
from gradio_webrtc.media.audio import mu_law
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.simulated_calls.playout import Playout
from gradio_webrtc.simulated_calls.twilio_side import TwilioSide
from gradio_webrtc.simulated_calls.voice import RATE, Sentence, Voice
from gradio_webrtc.simulated_calls.webhook import Verb, ask
from gradio_webrtc.transports.telephone.twilio_library import make_validator

FRAME_SECONDS = 0.02
CONNECT_SECONDS = 10.0


@dataclass(frozen=True)
class Event:
    """Something the app did.

    Attributes:
        time: when, on the event loop's clock.
        name: ``"media"``, ``"mark"`` or ``"clear"``.
        played: bytes of audio that the caller had heard of the app by then.
    """

    time: float
    name: str
    played: int


class SimulatedCall:
    """``async with SimulatedCall(url) as call:`` calls the app at ``url`` as Twilio would.

    It asks for TwiML, connects its ``<Stream>``, sends what the caller says, silence included, and
    plays what comes back in real time. Inside of the block the stream has started, or the app has
    ended the call before. Belongs to one event loop.

    Args:
        url: of the app's ``/telephone/incoming``; a websocket's, ``ws:`` or ``wss:``, is connected
            without asking.
        auth_token: signs what is sent, as Twilio does; empty: nothing is signed.
        caller: who calls.
        called: whom.
        latency_s: how much later than it comes audio is played.
        background: what there is to hear of the caller's room all the time, int16 at 8 kHz of shape
            ``(samples,)``, over and over; by default nothing.

    Attributes:
        spoken: what Twilio's own voice has said, out of ``<Say>``.
        events: what the app sent.
        said: what the caller said, mu-law, silence included.
        heard: what the caller heard since the stream began, mu-law, silence included.
        times: when each 20 ms of ``heard`` began, on the loop's clock.
        on_heard: called with each 20 ms that the caller hears, int16 of shape ``(160,)``, and the
            loop's time.
        on_event: called with the name of each message of the app.
        over: is set once the call is over.
    """

    def __init__(
        self,
        url: str,
        *,
        auth_token: str = "",
        caller: str = "+15550100",
        called: str = "+15550199",
        latency_s: float = 0.0,
        background: Int16Array | None = None,
    ) -> None:
        self.spoken: list[str] = []
        self.events: list[Event] = []
        self.said = bytearray()
        self.heard = bytearray()
        self.times: list[float] = []
        self.over = asyncio.Event()
        self._twilio = TwilioSide()
        self._url, self._token = url, auth_token
        self._form = self._twilio.form(caller, called)
        self._playout = Playout(latency_s)
        self.on_heard: Callable[[Int16Array, float], None] | None = None
        self.on_event: Callable[[str], None] | None = None
        self._voice = Voice(background)
        self._streaming = asyncio.Event()
        self._socket: ClientConnection | None = None
        self._played_bytes = 0
        self._call: asyncio.Task[None] | None = None

    async def __aenter__(self) -> SimulatedCall:
        """Ring, and wait until the app has answered.

        Raises:
            TelephoneError: it does not answer, refuses, or its stream cannot be connected.
        """
        if self._url.startswith("ws"):
            verbs: Sequence[Verb] = [Verb("Stream", self._url)]
        else:
            verbs = await ask(self._url, self._form, self._token)
        self._call = asyncio.ensure_future(self._follow(verbs))
        streaming = asyncio.ensure_future(self._streaming.wait())
        await asyncio.wait({self._call, streaming}, return_when=asyncio.FIRST_COMPLETED)
        streaming.cancel()
        if self._call.done():
            self._call.result()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Hang up.

        Raises:
            TelephoneError: the app has sent what Twilio does not take.
        """
        await self.hang_up()
        if self._call is not None:
            await self._call

    # -- the caller ----------------------------------------------------------------------------

    @property
    def unsaid_s(self) -> float:
        """Seconds of what was spoken that are still to be sent."""
        return self._voice.waiting_s

    def speak(self, audio: tuple[int, Int16Array]) -> Sentence:
        """Speak ``(sample_rate, int16 samples)``, mono, behind what is being said; do not wait."""
        return self._voice.say(audio, self.now)

    async def say(self, audio: tuple[int, Int16Array]) -> tuple[float, float]:
        """``speak``, and wait until it has been said.

        Returns:
            When the first 20 ms of it were sent and when the last were, on the loop's clock, as
            soon as these are, or the call is over.
        """
        sentence = self.speak(audio)
        if not self.over.is_set():
            await sentence.said.wait()
        return sentence.began, sentence.ended

    async def press(self, digits: str) -> None:
        """Press keys of the telephone."""
        for digit in digits:
            await self._send(self._twilio.dtmf(digit))

    async def hang_up(self) -> None:
        """End the call. Idempotent."""
        socket = self._socket
        if socket is None or self.over.is_set():
            return
        with contextlib.suppress(ConnectionClosed):
            await self._send(self._twilio.stop())
        await socket.close()

    @property
    def stream_sid(self) -> str:
        """Twilio's id of the stream, which is the session's id."""
        return self._twilio.stream_sid

    @property
    def call_sid(self) -> str:
        """Twilio's id of the call."""
        return self._twilio.call_sid

    @property
    def now(self) -> float:
        """The event loop's time."""
        return asyncio.get_running_loop().time()

    @property
    def audio(self) -> Int16Array:
        """What the caller heard, int16 of shape ``(samples,)`` at 8 kHz."""
        audio: Int16Array = mu_law.decode(bytes(self.heard))[0]
        return audio

    # -- Twilio --------------------------------------------------------------------------------

    async def _follow(self, verbs: Sequence[Verb]) -> None:
        try:
            for verb in verbs:
                if verb.name == "Say":
                    self.spoken.append(verb.text)
                elif verb.name == "Stream":
                    await self._stream(verb.text, verb.parameters)
                elif verb.name in ("Hangup", "Reject"):
                    return
        finally:
            self.over.set()
            self._voice.stop()

    async def _stream(self, url: str, parameters: Mapping[str, str]) -> None:
        headers = {}
        if self._token:
            signature = make_validator(self._token).compute_signature(url, {})
            headers["X-Twilio-Signature"] = signature
        try:
            self._socket = await connect(
                url, additional_headers=headers, open_timeout=CONNECT_SECONDS, proxy=None
            )
        except (InvalidHandshake, OSError, asyncio.TimeoutError) as error:
            raise TelephoneError(f"{url} cannot be connected: {error}") from error
        hearing = asyncio.ensure_future(self._hear(self._socket))
        try:
            await self._send(self._twilio.connected())
            await self._send(self._twilio.start(parameters))
            self._streaming.set()
            await self._carry()
        except ConnectionClosed:
            pass  # the app ended the stream, or the caller hung up
        finally:
            self._streaming.set()
            await self._socket.close()
            await asyncio.wait({hearing})
        if (problem := hearing.exception()) is not None:
            raise problem

    async def _carry(self) -> None:
        """Send and play 20 ms after 20 ms."""
        due = self.now
        while True:
            await self._speak()
            before = self._playout.waiting_s
            played, marks = self._playout.play(self.now)
            self._played_bytes += round((before - self._playout.waiting_s) * RATE)
            self.times.append(self.now)
            self.heard += played
            if self.on_heard is not None:
                self.on_heard(mu_law.decode(played)[0], self.now)
            await self._give_back(marks)
            due += FRAME_SECONDS
            await asyncio.sleep(max(0.0, due - self.now))

    async def _speak(self) -> None:
        """Send the next 20 ms of the caller's."""
        voice, sentence = self._voice.next()
        self.said += voice
        await self._send(self._twilio.media(voice))
        if sentence is not None:
            sentence.sent(self.now)

    async def _hear(self, socket: ClientConnection) -> None:
        try:
            async for text in socket:
                await self._take(json.loads(text))
        except ConnectionClosed:
            pass  # without a goodbye
        finally:
            await socket.close()

    async def _take(self, message: JsonObject) -> None:
        """Do what the app asks for.

        Raises:
            TelephoneError: Twilio would end the stream for it.
        """
        event = str(message.get("event"))
        part = message.get(event)
        values: JsonObject = part if isinstance(part, Mapping) else {}
        if message.get("streamSid") != self.stream_sid or event not in ("media", "mark", "clear"):
            raise TelephoneError(f"Twilio takes no such message: {json.dumps(message)[:200]}")
        self.events.append(Event(self.now, event, self._played_bytes))
        if self.on_event is not None:
            self.on_event(event)
        if event == "media":
            self._playout.media(base64.b64decode(str(values["payload"])), self.now)
        elif event == "mark":
            await self._give_back(self._playout.mark(str(values["name"])))
        else:
            await self._give_back(self._playout.clear())

    async def _give_back(self, marks: Sequence[str]) -> None:
        for name in marks:
            await self._send(self._twilio.mark(name))

    async def _send(self, text: str) -> None:
        assert self._socket is not None
        await self._socket.send(text)
