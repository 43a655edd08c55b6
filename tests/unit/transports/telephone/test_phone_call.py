"""Who calls whom, there and back."""

from __future__ import annotations

from gradio_webrtc.transports.telephone.phone_call import PhoneCall, stream_parameters
from gradio_webrtc.transports.telephone.twilio_messages import MAX_PARAMETERS, Start

FORM = {"From": "+15550100", "To": "+15550199", "CallSid": "CA1"}


def test_what_twilio_tells_comes_back_with_the_stream() -> None:
    parameters = stream_parameters(FORM, {"customer": "7"})
    assert parameters == {"customer": "7", "From": "+15550100", "To": "+15550199"}
    call = PhoneCall.of(Start("MZ1", "CA1", parameters))
    assert call == PhoneCall("CA1", "+15550100", "+15550199", {"customer": "7"})


def test_an_address_cannot_say_who_calls() -> None:
    assert stream_parameters(FORM, {"From": "+1666"})["From"] == "+15550100"
    assert "From" not in stream_parameters({}, {"From": "+1666"})


def test_more_than_twilio_lets_through_is_left_out() -> None:
    query = {f"name {number}": "x" for number in range(50)}
    parameters = stream_parameters(FORM, {**query, "long": "x" * 500})
    assert len(parameters) == MAX_PARAMETERS
    assert parameters["From"] == "+15550100"
    assert "long" not in parameters


def test_a_stream_of_somebody_elses_twiml() -> None:
    assert PhoneCall.of(Start("MZ1")) == PhoneCall()
