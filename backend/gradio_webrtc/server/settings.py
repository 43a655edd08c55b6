"""How the sessions of one stream are made."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gradio_webrtc.error_words import words_for
from gradio_webrtc.handlers.protocol import Handler, Modality, Mode
from gradio_webrtc.media.video.frames import FrameFormat
from gradio_webrtc.recording.options import Recording
from gradio_webrtc.server.places.shared_places import redis_url
from gradio_webrtc.server.quotas import Quota, quota_of_sessions
from gradio_webrtc.session.state import Limits
from gradio_webrtc.transports.ice.ice_servers import RTCConfigurationSource
from gradio_webrtc.transports.ice.udp_ports import UdpPorts, udp_ports
from gradio_webrtc.transports.media_preferences import MediaPreferences
from gradio_webrtc.transports.negotiation.candidate_addresses import CandidateAddresses
from gradio_webrtc.transports.sharing.watching_handler import Shared


@dataclass
class StreamSettings:
    """How one stream's sessions are made.

    Attributes:
        make_handler: gives a fresh handler for each connection.
        check_args: raises ``ConfigurationError`` when user code cannot take this many values of
            other inputs, as far as it tells.
        server_rtc_configuration: for the server's side; ``None`` means the same as the page's.
        preferences: codec and bitrates.
        recording: what to record, or ``None``.
        composer: whether the page has a text composer.
        candidate_addresses: to which addresses of clients ICE checks are sent.
        allowed_origins: sites whose pages may ask beside our own, or ``None``; see ``origins``.
        show_error: whether the page gets the text of errors that may hold secrets.
        words: what the page shows for an error, given its id and ``show_error``.
        udp: which UDP ports carry media, by default as the environment says.
        living: how many sessions one address may have; likewise.
        shared: what runs once for all viewers, or ``None`` for a handler for each client.
        redis: where all processes count their sessions together, or ``None``; likewise.
    """

    make_handler: Callable[[], Handler]
    mode: Mode = "send-receive"
    modality: Modality = "video"
    limits: Limits = field(default_factory=Limits)
    allow_extra_tracks: bool = False
    rtc_configuration: RTCConfigurationSource = None
    server_rtc_configuration: RTCConfigurationSource = None
    frame_format: FrameFormat = "rgb24"
    preferences: MediaPreferences = field(default_factory=MediaPreferences)
    recording: Recording | None = None
    composer: bool = False
    candidate_addresses: CandidateAddresses = "auto"
    check_args: Callable[[int], None] | None = None
    allowed_origins: Sequence[str] | None = None
    show_error: bool = False
    words: Callable[..., str] = words_for
    shared: Shared | None = None
    udp: UdpPorts = field(default_factory=udp_ports)
    living: Quota = field(default_factory=lambda: quota_of_sessions(os.environ))
    redis: str | None = field(default_factory=redis_url, repr=False)

    def same_media(self, other: StreamSettings) -> bool:
        """Return whether a connection made with these settings is one that ``other`` means."""
        return (self.mode, self.modality) == (other.mode, other.modality)
