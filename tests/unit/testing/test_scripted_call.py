from gradio_webrtc.client import Call
from gradio_webrtc.testing.phone_line import PhoneLine
from gradio_webrtc.testing.scripted_call import ScriptedCall


def test_a_clients_call_and_a_telephone_are_what_a_caller_needs():
    wanted = {"say", "hang_up", "ending"}
    assert wanted <= set(dir(ScriptedCall))
    for kind in (Call, PhoneLine):
        assert wanted <= set(dir(kind))
