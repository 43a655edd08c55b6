"""Putting received video packets together to frames, with as little delay as the network allows."""

from __future__ import annotations

from dataclasses import dataclass, field

from gradio_webrtc.media.rtp_numbers import sequence_distance, timestamp_distance
from gradio_webrtc.media.video.encoded_video import Codec, EncodedFrame, is_key
from gradio_webrtc.media.video.missing_packets import MissingPackets
from gradio_webrtc.media.video.rtp_clock import VIDEO_CLOCK_RATE

MAX_WAIT = 0.4
"""Seconds for which a missing packet is waited for: several round trips of most networks."""
KEY_FRAME_INTERVAL = 0.3
"""Seconds between two requests for a key frame; senders answer no faster (libwebrtc, the same)."""
MAX_PACKETS = 2048
"""Packets that may wait: 2.6 MB, the size of a very large key frame."""
RESTART_JUMP = 3000
"""Sequence numbers this far apart are a new sequence; libwebrtc's limit for disorder."""
MAX_GAP_PACKETS = 20
MAX_GAP_SECONDS = 0.5
"""A gap that has more packets and lasted longer is an outage: senders keep about a second."""
_MAX_KEY_FRAMES = 4


@dataclass(frozen=True)
class VideoPacket:
    """One packet of a video stream.

    Attributes:
        sequence_number: 16 bits, wraps.
        timestamp: 90 kHz, 32 bits, wraps.
        marker: whether it is the last one of its frame.
        data: its part of the frame; empty when it is only padding.
        key: whether a key frame may begin with it.
    """

    sequence_number: int
    timestamp: int
    marker: bool
    data: bytes
    key: bool


@dataclass
class Progress:
    """What came of a packet, or of time.

    Attributes:
        frames: complete ones, in order.
        missing: sequence numbers to ask for (NACK).
        key_frame_wanted: whether to ask for a key frame (PLI).
    """

    frames: list[EncodedFrame] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    key_frame_wanted: bool = False


@dataclass
class _Assembly:
    """A frame that begins with packet ``start``; everything before ``scanned`` is there."""

    start: int
    scanned: int
    since: float
    timestamp: int | None = None


class VideoJitterBuffer:
    """Reorders packets and releases each frame with its last packet. Pure; not thread-safe.

    A missing packet is asked for at once and then each tenth of a second. When it has not come
    after ``MAX_WAIT``, or what is missing is an outage, what depends on it is dropped and a key
    frame asked for until one comes. A complete key frame is never held up by what is before it.

    Attributes:
        lost: how often it had to go on with a key frame.
        late: packets that came twice, or after they had been given up.
    """

    def __init__(self, codec: Codec) -> None:
        self.lost = self.late = 0
        self._codec: Codec = codec
        self._packets: dict[int, VideoPacket] = {}
        self._missing = MissingPackets()
        self._current: _Assembly | None = None
        self._key_frames: list[_Assembly] = []
        self._highest: int | None = None
        self._done = 0
        self._asked = float("-inf")
        self._last_timestamp: tuple[int, int] | None = None

    @property
    def deadline(self) -> float | None:
        """When to call :meth:`poll`, if no packet comes before; ``None``: nothing is missing."""
        return self._missing.next_look(MAX_WAIT)

    def add(self, packet: VideoPacket, now: float) -> Progress:
        """Take a packet at monotonic time ``now``; return what is ready and what to ask for."""
        number = self._unwrapped(packet.sequence_number)
        if number < self._done or number in self._packets:
            self.late += 1
            return self.poll(now)
        highest = self._highest
        if highest is not None and number > highest + 1:
            self._gap(highest, number, packet, now)
        self._highest = number if highest is None else max(highest, number)
        self._missing.arrived(number)
        self._packets[number] = packet
        if len(self._packets) > MAX_PACKETS:
            self._key_frames.clear()
            self.demand_key_frame()
        if packet.key:
            self._note_key_frame(number, packet, now)
        return self.poll(now)

    def poll(self, now: float) -> Progress:
        """Return what is ready at ``now``, giving up what was waited for long enough."""
        progress = Progress()
        while (frame := self._take(now)) is not None:
            progress.frames.append(frame)
        overdue = self._missing.overdue(MAX_WAIT, now)
        if overdue is not None:
            self._key_frames = [key for key in self._key_frames if key.start > overdue]
            self.demand_key_frame()
        progress.missing = self._missing.due(now)
        progress.key_frame_wanted = self._wants_key_frame(now)
        return progress

    def demand_key_frame(self) -> None:
        """Drop what depends on frames before it, and go on with the next key frame."""
        if self._current is not None:
            self.lost += 1
        self._current = None
        if self._key_frames:
            self._drop_before(self._key_frames[0].start)
        elif self._highest is not None:
            self._drop_before(self._highest + 1)

    # -- inside ------------------------------------------------------------------------------

    def _unwrapped(self, sequence_number: int) -> int:
        if self._highest is None:
            return sequence_number + 0x10000
        ahead = sequence_distance(sequence_number, self._highest)
        if abs(ahead) > RESTART_JUMP:
            self._key_frames.clear()
            self.demand_key_frame()
            # Far behind or far ahead: the new sequence goes on after all that was known.
            self._highest += 0x10000
            self._highest += (sequence_number - self._highest) % 0x10000 - 1
            return self._highest + 1
        return self._highest + ahead

    def _gap(self, highest: int, number: int, packet: VideoPacket, now: float) -> None:
        """Ask for the packets between two, or take them for lost."""
        count = number - highest - 1
        last = self._packets.get(highest)
        before = last.timestamp if last is not None else self._raw_timestamp(packet)
        seconds = timestamp_distance(packet.timestamp, before) / VIDEO_CLOCK_RATE
        outage = count > MAX_GAP_PACKETS and seconds > MAX_GAP_SECONDS
        if outage or not self._missing.add(range(highest + 1, number), now):
            self._key_frames.clear()
            self._highest = number - 1
            self.demand_key_frame()

    def _raw_timestamp(self, packet: VideoPacket) -> int:
        return packet.timestamp if self._last_timestamp is None else self._last_timestamp[0]

    def _note_key_frame(self, number: int, packet: VideoPacket, now: float) -> None:
        for assembly in self._key_frames:
            if assembly.timestamp == packet.timestamp:
                # Parameter sets and picture are packets of one frame; the first one counts.
                if number < assembly.start:
                    assembly.start = assembly.scanned = number
                return
        self._key_frames.append(_Assembly(number, number, now, packet.timestamp))
        self._key_frames.sort(key=lambda assembly: assembly.start)
        del self._key_frames[:-_MAX_KEY_FRAMES]

    def _take(self, now: float) -> EncodedFrame | None:
        """Take out the next frame if it is complete, or a complete key frame after it."""
        candidates = [] if self._current is None else [self._current]
        for assembly in [*candidates, *reversed(self._key_frames)]:
            end = self._end_of(assembly)
            if end is not None:
                return self._finish(assembly, end, now)
        return None

    def _end_of(self, assembly: _Assembly) -> int | None:
        """Return the number behind the last packet of a frame, ``None`` while one is missing."""
        while (packet := self._packets.get(assembly.scanned)) is not None:
            if packet.data:
                if assembly.timestamp is None:
                    assembly.timestamp = packet.timestamp
                elif packet.timestamp != assembly.timestamp:
                    return assembly.scanned
            assembly.scanned += 1
            if packet.marker and assembly.timestamp is not None:
                return assembly.scanned
        return None

    def _finish(self, assembly: _Assembly, end: int, now: float) -> EncodedFrame:
        packets = [self._packets[number] for number in range(assembly.start, end)]
        data = b"".join(packet.data for packet in packets)
        timestamp = self._unwrapped_timestamp(assembly.timestamp or 0)
        self._current = _Assembly(end, end, now)
        self._key_frames = [key for key in self._key_frames if key.start >= end]
        self._drop_before(end)
        return EncodedFrame(data, timestamp, is_key(self._codec, data), now)

    def _drop_before(self, number: int) -> None:
        self._done = max(self._done, number)
        self._missing.drop_before(number)
        for each in [known for known in self._packets if known < number]:
            del self._packets[each]

    def _unwrapped_timestamp(self, timestamp: int) -> int:
        if self._last_timestamp is None:
            unwrapped = 0
        else:
            raw, last = self._last_timestamp
            unwrapped = last + max(1, timestamp_distance(timestamp, raw))
        self._last_timestamp = timestamp, unwrapped
        return unwrapped

    def _wants_key_frame(self, now: float) -> bool:
        if self._current is not None or self._highest is None:
            return False
        if any(now - assembly.since < MAX_WAIT for assembly in self._key_frames):
            return False  # one is arriving
        if now - self._asked < KEY_FRAME_INTERVAL:
            return False
        self._asked = now
        return True
