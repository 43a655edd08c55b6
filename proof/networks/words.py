"""How many words are missed at 10 % loss by what is done about it, without a network or a browser.

What the server would send is encoded, some of it is lost, and the rest is decoded as a receiver
does: the same in every run, so that a fault is told from chance by the seeds of the losses.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bench.stt.material import recordings
from bench.stt.word_errors import words
from gradio_webrtc.media.audio.opus import FRAME_SAMPLES, OpusDecoder
from gradio_webrtc.media.audio.receiving.loss_concealment import LossConcealer
from gradio_webrtc.transports.sending.audio_redundancy import RedundantOpus
from proof.networks.page import Sound
from proof.networks.sound import joined, mistaken
from proof.parts import Finding
from tests.support.network_model import Link, Network

LOSSY = Network(loss=0.10)
BURSTY = Network(loss=0.10, burst=2.0)
SEEDS = (11, 12, 13, 14)
MORE = 0.10
"""Word errors beyond those of a good network, as a part of these; one word a run is chance."""


@dataclass(frozen=True)
class Way:
    """What is done about losses.

    Attributes:
        network: what loses.
        fec: whether Opus makes copies, of which each is in the next packet.
        again: how many packets are sent again with each (RED).
        held: whether it is what is promised.
    """

    network: Network
    fec: bool = False
    again: int = 0
    held: bool = False


WAYS = {
    "nothing": Way(LOSSY),
    "Opus' own copies": Way(LOSSY, fec=True),
    "one packet sent again with each (RED)": Way(LOSSY, again=1),
    "two packets sent again with each (RED)": Way(LOSSY, again=2, held=True),
    "two packets, and losses of two in a row": Way(BURSTY, again=2),
}


def run() -> list[Finding]:
    """Return the word errors of each way, of all seeds together."""
    spoken = recordings()
    sound, starts = joined(spoken)
    said = sum(len(words(each.text)) for each in spoken)
    sent = {fec: encoded(sound, fec=fec) for fec in (False, True)}

    def errors(way: Way, seed: int) -> int:
        packets = sent[way.fec]
        lost = losses(way.network, seed, len(packets))
        return mistaken(spoken, starts, sound, decoded(packets, lost, fec=way.fec, again=way.again))

    clean = errors(Way(Network()), 0)
    findings = [Finding(f"words mistaken of {said}, no loss", f"{clean}")]
    for name, way in WAYS.items():
        found = [errors(way, seed) for seed in SEEDS]
        most = len(SEEDS) * (math.ceil(clean * (1 + MORE)) + 1)
        findings.append(
            Finding(
                f"words mistaken of {len(SEEDS)} times {said}, 10 % loss, {name}",
                f"{sum(found)} ({', '.join(map(str, found))})",
                f"{most}" if way.held else "",
                not way.held or sum(found) <= most,
            )
        )
    return findings


def encoded(sound: Sound, *, fec: bool) -> list[bytes]:
    """Return the packets of ``sound``."""
    opus = RedundantOpus()
    opus.copies = fec
    starts = range(0, sound.size - FRAME_SAMPLES + 1, FRAME_SAMPLES)
    return [
        bytes(opus.encode(sound[np.newaxis, start : start + FRAME_SAMPLES], start))
        for start in starts
    ]


def decoded(packets: list[bytes], lost: set[int], *, fec: bool, again: int) -> Sound:
    """Return what is heard of ``packets`` of which some are ``lost``."""
    decoder, concealer, heard = OpusDecoder(1), LossConcealer(1), []
    for number, packet in enumerate(packets):
        later = range(number + 1, min(number + 1 + again, len(packets)))
        if number not in lost or any(each not in lost for each in later):
            heard.append(concealer.received(decoder.decode(packet)))
            continue
        copied = fec and number + 1 < len(packets) and number + 1 not in lost
        copy = decoder.recover(packets[number + 1], FRAME_SAMPLES) if copied else None
        if copy is not None and copy.shape[1]:
            heard.append(concealer.received(copy))
        else:
            heard.append(concealer.missing(FRAME_SAMPLES))
    return np.asarray(np.concatenate(heard, axis=1)[0], np.int16)


def losses(network: Network, seed: int, count: int) -> set[int]:
    """Return which of ``count`` packets are lost."""
    link = Link(network, seed)
    return {number for number in range(count) if not link.arrivals(100, 0.02 * number)}
