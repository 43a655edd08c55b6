"""One aiortc peer connection as a session's transport."""

from __future__ import annotations

import asyncio
import logging

from aiortc import (
    RTCConfiguration,
    RTCDataChannel,
    RTCRtpReceiver,
    RTCRtpTransceiver,
    RTCSessionDescription,
)
from aiortc.rtcrtpparameters import RTCRtpCodecCapability

from gradio_webrtc.concurrency.background_tasks import BackgroundTasks
from gradio_webrtc.concurrency.waiting import finished_within
from gradio_webrtc.errors import InvalidOfferError, ServerFullError
from gradio_webrtc.handlers.protocol import AudioFormat, Modality, Mode
from gradio_webrtc.media.audio.libopus import libopus
from gradio_webrtc.media.emitted_media import EmittedAudio, EmittedVideo
from gradio_webrtc.media.video.sending.rate_limiter import MOST, FrameRate
from gradio_webrtc.session import messages
from gradio_webrtc.session.messages import Message
from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.session.transport import TransportListener
from gradio_webrtc.transports.aiortc_internals.connection import (
    close_by_force,
    close_sockets,
    peer_connection,
)
from gradio_webrtc.transports.aiortc_internals.consent import keep_consent
from gradio_webrtc.transports.aiortc_internals.ice import watch_checks
from gradio_webrtc.transports.aiortc_internals.sending import OwnSender
from gradio_webrtc.transports.client_limits import protect
from gradio_webrtc.transports.control_channel import ControlChannel
from gradio_webrtc.transports.data_limits import DataLimits, announcing_limits
from gradio_webrtc.transports.ice.ice_guard import IceGuard
from gradio_webrtc.transports.ice.remote_candidates import RemoteIce
from gradio_webrtc.transports.ice.server_candidates import ask_servers
from gradio_webrtc.transports.ice.udp_ports import UdpPorts
from gradio_webrtc.transports.media_preferences import MediaPreferences
from gradio_webrtc.transports.negotiation.answer_sdp import write_answer
from gradio_webrtc.transports.negotiation.candidate_addresses import CandidateAddresses, Scope
from gradio_webrtc.transports.negotiation.candidates import RemoteCandidate
from gradio_webrtc.transports.negotiation.signaling import Offer, kinds_for, taken_sections
from gradio_webrtc.transports.receiving.incoming_media import Incoming
from gradio_webrtc.transports.receiving.receiver import Receiver
from gradio_webrtc.transports.sending.bitrate_limits import prefer
from gradio_webrtc.transports.sending.outgoing_media import (
    DEFAULTS,
    Outgoing,
    OutgoingMedia,
    takes_opus,
)

logger = logging.getLogger(__name__)

GOODBYE_SECONDS = 1.0
"""How long the client may take to hang up after the last message before we do. Our page does when
it has played what it received, mostly within 0.3 s; it plays on if we are first."""

OPENING_SECONDS = 2.0
"""How long a last message waits for a control channel that is still opening."""

CLOSE_SECONDS = 5.0

_DIRECTIONS = {"send-receive": "sendrecv", "send": "recvonly", "receive": "sendonly"}


def _opus() -> list[RTCRtpCodecCapability]:
    capabilities = RTCRtpReceiver.getCapabilities("audio")
    codecs = capabilities.codecs if capabilities is not None else []
    return [codec for codec in codecs if codec.mimeType.lower() == "audio/opus"]


class PeerTransport:
    """Answers one offer and carries its media. Implements ``session.transport.Transport``.

    Args:
        listener: the session.
        mode: from the client's side, as the component says it.
        modality: what kinds of media are carried.
        configuration: ICE servers for the server's side.
        audio_format: what the handler wants; only its layout matters here.
        preferences: codec and bitrates.
        rate: how many frames a second are sent at most.
        candidate_addresses: which of the client's addresses are checked.
        client: where the client's request came from.
        udp: which UDP ports carry media; by default any.
        outgoing: what is sent; by default what this connection's own handler emits.

    Attributes:
        playback: the audio that is played.
    """

    def __init__(
        self,
        listener: TransportListener,
        *,
        mode: Mode,
        modality: Modality,
        configuration: RTCConfiguration,
        audio_format: AudioFormat,
        preferences: MediaPreferences = DEFAULTS,
        rate: FrameRate = MOST,
        candidate_addresses: CandidateAddresses = "auto",
        client: Scope = Scope.PUBLIC,
        udp: UdpPorts | None = None,
        outgoing: Outgoing | None = None,
    ) -> None:
        self._listener = listener
        self._udp = udp or UdpPorts()
        self._preferences = preferences
        self._mode: Mode = mode
        self._modality: Modality = modality
        self._kinds = kinds_for(modality)
        channels = 2 if audio_format.layout == "stereo" else 1
        self._pc = peer_connection(configuration)
        self._ice_servers = configuration.iceServers or []
        if outgoing is None:
            plays = self._kinds if mode != "send" else ()
            outgoing = OutgoingMedia(plays, rate, listener.recorder, preferences)
        self._outgoing = outgoing
        self.playback = self._outgoing.playback
        self._incoming = Incoming(listener, channels, preferences.max_resolution, self.send)
        self._control = ControlChannel()
        self._tasks = BackgroundTasks("a task of a connection")
        self._remote_ice = RemoteIce(IceGuard(candidate_addresses, client), self._tasks.spawn)
        self._data_limits: DataLimits | None = None
        self._announced = False
        self._was_connected = False
        self._said_goodbye = False
        self._hung_up = asyncio.Event()
        self._pc.on("connectionstatechange", self._on_state)
        self._pc.on("datachannel", self._on_datachannel)

    # -- negotiation -------------------------------------------------------------------------

    async def answer(self, offer: Offer) -> str:
        """Return the SDP answer to ``offer``.

        Raises:
            InvalidOfferError: it has no media that this stream takes, or cannot be applied.
            ServerFullError: no UDP port is free that may be used.
        """
        wanted = self._make_transceivers(offer)
        self._announced = offer.has_data_channel
        try:
            await self._pc.setRemoteDescription(RTCSessionDescription(sdp=offer.sdp, type="offer"))
            self._remote_ice.watch(self._pc)
            for ice in self._remote_ice.transports:
                self._udp.apply(ice)
            ask_servers(self._remote_ice.transports, self._ice_servers)
            await self._pc.setLocalDescription(await self._pc.createAnswer())
            local = self._pc.localDescription.sdp
            answer = write_answer(offer.plan, local, recovers=libopus() is not None)
        except ServerFullError:
            raise
        except Exception as error:
            # aiortc checks little and raises whatever the damage leads to, AttributeError included.
            logger.warning("an offer could not be answered: %s", type(error).__name__)
            logger.debug("the offer was:\n%s", offer.sdp, exc_info=error)
            raise InvalidOfferError(
                "The offer cannot be answered. Compare it with a browser's; with debug logging of "
                "gradio_webrtc the server's log has the cause."
            ) from error
        finally:
            if self._pc.signalingState == "closed":  # it was, meanwhile
                await close_sockets(self._pc)
        self._data_limits = protect(self._pc, self._outgoing, self._warn)
        for transceiver in wanted:
            self._use(transceiver, offer)
        for ice in self._remote_ice.transports:
            watch_checks(ice, self._listener.on_reached)
            keep_consent(ice)
        self._remote_ice.begin(offer)
        return announcing_limits(answer)

    def add_candidate(self, candidate: RemoteCandidate | None) -> None:
        """Take a trickled candidate, before or after the answer; ``None`` ends them.

        Raises:
            TooManyCandidatesError: far too many came.
        """
        self._remote_ice.add(candidate)

    def _make_transceivers(self, offer: Offer) -> list[RTCRtpTransceiver]:
        """Make a transceiver for each section, in the offer's order, in which aiortc assigns them.

        Returns:
            those that carry the stream's media; the others are inactive, and never start.
        """
        taken = taken_sections(offer, self._mode, self._modality)
        wanted: list[RTCRtpTransceiver] = []
        for section in offer.media:
            if section not in taken:
                self._pc.addTransceiver(section.kind, "inactive")
                continue
            track = self._outgoing.track(section.kind)
            transceiver = self._pc.addTransceiver(track or section.kind, _DIRECTIONS[self._mode])
            OwnSender.replace(transceiver)
            Receiver.replace(transceiver)
            if section.kind == "audio" and "audio/opus" in section.codecs:
                transceiver.setCodecPreferences(_opus())
            if section.kind == "video" and self._preferences.video_codec is not None:
                prefer(transceiver, self._preferences.video_codec)
            wanted.append(transceiver)
        return wanted

    def _use(self, transceiver: RTCRtpTransceiver, offer: Offer) -> None:
        copies = any(section.takes_copies for section in offer.media)
        red = next((each.red for each in offer.media if each.mid == transceiver.mid), None)
        self._outgoing.negotiated(transceiver, copies=copies, red=red)
        opus = transceiver.kind == "audio" and takes_opus(transceiver)
        self._incoming.use(transceiver, opus=opus, red=red)

    # -- what the connection tells -------------------------------------------------------------

    def _on_state(self) -> None:
        state = self._pc.connectionState
        if state == "connected":
            self._was_connected = True
            self._listener.on_connected()
        elif state == "failed":
            self._failed()
        elif state == "closed":
            self._hung_up.set()
            # When consent is lost, DTLS closes too and the peer connection says no more than that.
            if self._remote_ice.failed:
                self._failed()
            else:
                self._listener.on_closed(CloseReason.CLIENT_CLOSED)

    def _failed(self) -> None:
        lost = CloseReason.PEER_LOST if self._was_connected else CloseReason.TRANSPORT_FAILED
        self._listener.on_closed(lost)

    def _on_datachannel(self, channel: RTCDataChannel) -> None:
        if not self._control.attached:
            channel.on("message", self._listener.on_message)
            self._control.attach(channel)
        elif self._data_limits is not None:
            self._data_limits.refuse(channel)

    def _warn(self, text: str) -> None:
        logger.warning("a client overdoes it: %s", text)
        self.send(messages.warning(text))

    # -- what the session asks -----------------------------------------------------------------

    async def play_audio(self, audio: EmittedAudio) -> None:
        """Queue audio; it goes nowhere if this connection does not send any."""
        await self._outgoing.audio_sink.play(audio)

    async def play_video(self, frame: EmittedVideo) -> None:
        """Show a frame; it goes nowhere if this connection does not send any."""
        await self._outgoing.video_sink.play(frame)

    async def drain(self) -> None:
        """Wait until everything queued has been played."""
        await self._outgoing.drain()

    def send(self, message: Message) -> None:
        """Send a control message."""
        self._said_goodbye = self._said_goodbye or message.type == "end_stream"
        self._control.send(messages.encode(message))

    def send_text(self, text: str) -> None:
        """Send text as it is."""
        self._control.send(text)

    async def aclose(self) -> None:
        """Deliver the last messages, then close the peer connection and everything around it."""
        await self._deliver_goodbye()
        self._tasks.cancel()
        await self._tasks.ended()
        self._outgoing.stop()
        self._incoming.stop()
        if not await finished_within(self._pc.close(), CLOSE_SECONDS):
            logger.error("a peer connection did not close within %g s", CLOSE_SECONDS)
            await close_by_force(self._pc)
        await self._incoming.aclose()

    async def _deliver_goodbye(self) -> None:
        if self._pc.connectionState != "connected" or not self._said_goodbye:
            return
        if self._control.waiting and not (
            self._announced and await self._control.opened(OPENING_SECONDS)
        ):
            return
        # A client that heard it hangs up, which is the proof that it was delivered.
        if not await finished_within(self._hung_up.wait(), GOODBYE_SECONDS):
            logger.debug("the client did not hang up by itself")
