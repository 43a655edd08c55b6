"""Scripted callers for tests of voice apps: say this, expect a reply with that, interrupt.

In process on a virtual clock (:func:`rehearse`), or for real (:func:`call`, :func:`phone`).
"""

from gradio_webrtc.testing.caller import Caller
from gradio_webrtc.testing.calls import call, in_process, perform, phone, rehearse
from gradio_webrtc.testing.errors import (
    ExpectationError,
    NoOutputError,
    NoReplyError,
    NotInterruptedError,
    NotSilentError,
    WrongReplyError,
)
from gradio_webrtc.testing.scripted_call import Reply
from gradio_webrtc.testing.virtual_clock import VirtualClockLoop, run_virtually

__all__ = [
    "Caller",
    "ExpectationError",
    "NoOutputError",
    "NoReplyError",
    "NotInterruptedError",
    "NotSilentError",
    "Reply",
    "VirtualClockLoop",
    "WrongReplyError",
    "call",
    "in_process",
    "perform",
    "phone",
    "rehearse",
    "run_virtually",
]
