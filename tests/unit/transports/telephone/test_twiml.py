"""The TwiML of an answer."""

from __future__ import annotations

from xml.etree import ElementTree

from gradio_webrtc.transports.telephone.options import TelephoneOptions
from gradio_webrtc.transports.telephone.twiml import busy, connecting

URL = "wss://example.org/a/telephone/handler"


def test_a_call_is_connected_both_ways_and_nothing_is_said() -> None:
    response = ElementTree.fromstring(connecting(URL, TelephoneOptions(), {}))
    assert [element.tag for element in response.iter()] == ["Response", "Connect", "Stream"]
    stream = response.find("Connect/Stream")
    assert stream is not None
    assert stream.attrib == {"url": URL}


def test_words_before_and_after_are_said_in_their_language() -> None:
    options = TelephoneOptions(
        greeting="Grüß Gott & <hallo>.", goodbye="Servus.", language="de-DE", voice="Polly.Vicki"
    )
    response = ElementTree.fromstring(connecting(URL, options, {"From": "+1 & <2>"}))
    assert [child.tag for child in response] == ["Say", "Connect", "Say"]
    assert response[0].text == "Grüß Gott & <hallo>."
    assert response[0].attrib == {"language": "de-DE", "voice": "Polly.Vicki"}
    assert response[2].text == "Servus."
    (parameter,) = response.iter("Parameter")
    assert parameter.attrib == {"name": "From", "value": "+1 & <2>"}


def test_when_all_places_are_taken_that_is_said_and_the_call_ends() -> None:
    response = ElementTree.fromstring(busy(TelephoneOptions(busy="Besetzt.", language="de-DE")))
    assert [(child.tag, child.text) for child in response] == [
        ("Say", "Besetzt."),
        ("Hangup", None),
    ]
