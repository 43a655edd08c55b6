"""What an operator says about ports and addresses, and in which order ports are tried."""

from __future__ import annotations

import pytest

from gradio_webrtc import ConfigurationError, Stream
from gradio_webrtc.transports.ice.udp_ports import ADDRESS, PORTS, UdpPorts, udp_ports


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("10000-10100", range(10_000, 10_101)),
        (" 10000 - 10001 ", range(10_000, 10_002)),
        ("10000", range(10_000, 10_001)),
        ("", range(0)),
    ],
)
def test_a_range_of_ports(text: str, ports: range) -> None:
    assert udp_ports({PORTS: text}).ports == ports


def test_without_anything_the_system_chooses() -> None:
    assert udp_ports({}) == UdpPorts()
    assert list(UdpPorts().candidates()) == [0]


@pytest.mark.parametrize("text", ["ten", "80-90", "10100-10000", "10000-70000", "1-2-3", "-5000"])
def test_what_is_no_range_is_told_with_one_that_is(text: str) -> None:
    with pytest.raises(ConfigurationError, match='"10000-10100"'):
        udp_ports({PORTS: text})


def test_addresses() -> None:
    assert udp_ports({ADDRESS: "203.0.113.7, 2001:db8::1"}).announced == (
        "203.0.113.7",
        "2001:db8::1",
    )
    with pytest.raises(ConfigurationError, match=ADDRESS):
        udp_ports({ADDRESS: "media.example.org"})


def test_every_port_is_tried_once_and_another_one_first() -> None:
    ports = UdpPorts(range(5000, 5004))
    orders = [list(ports.candidates()) for _ in range(5)]
    assert all(sorted(each) == [5000, 5001, 5002, 5003] for each in orders)
    assert [each[0] for each in orders] == [5000, 5001, 5002, 5003, 5000]


def test_a_mistake_is_told_when_the_app_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PORTS, "a few")
    with pytest.raises(ConfigurationError, match=PORTS):
        Stream(lambda image: image, modality="video")
