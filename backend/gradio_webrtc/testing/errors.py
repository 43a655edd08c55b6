"""What a scripted caller expected and did not get: assertions, with what was there instead."""

from __future__ import annotations


class ExpectationError(AssertionError):
    """Something was not as a caller expected; the text has the talk so far, with its times."""


class NoReplyError(ExpectationError):
    """Nothing was said in time."""


class WrongReplyError(ExpectationError):
    """Something else was said.

    Attributes:
        heard: what was said, as the recogniser understood it.
    """

    def __init__(self, text: str, heard: str) -> None:
        super().__init__(text)
        self.heard = heard


class NotSilentError(ExpectationError):
    """Something was said where silence was expected."""


class NotInterruptedError(ExpectationError):
    """The app went on talking when the caller spoke into it."""


class NoOutputError(ExpectationError):
    """An additional output did not come in time."""
