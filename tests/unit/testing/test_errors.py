from gradio_webrtc.testing import ExpectationError, NoReplyError, WrongReplyError


def test_what_was_not_as_expected_is_an_assertion():
    assert issubclass(NoReplyError, ExpectationError)
    assert issubclass(ExpectationError, AssertionError)
    assert WrongReplyError("text", "hello").heard == "hello"
