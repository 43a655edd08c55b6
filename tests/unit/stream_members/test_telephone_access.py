"""What a stream says of ``fastphone``; its routes are in ``loopback/routes/test_telephone.py``."""

from __future__ import annotations

import pytest

from gradio_webrtc import GradioWebRTCError, Stream, TelephoneError
from tests.support.echo_handlers import EchoHandler


def test_fastphone_says_how_to_have_a_number_of_ones_own() -> None:
    stream = Stream(EchoHandler(), modality="audio")
    with pytest.raises(TelephoneError, match=r"/telephone/incoming") as refused:
        stream.fastphone("token", port=8000, share_server_address="x")
    assert isinstance(refused.value, GradioWebRTCError)
