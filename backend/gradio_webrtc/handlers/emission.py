"""One value of user code as everything beyond the handler adapters knows it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gradio_webrtc.handlers.emitted import AdditionalOutputs, CloseStream
from gradio_webrtc.media.decoding.encoded_input import EncodedInput
from gradio_webrtc.media.emitted_media import EmittedAudio, EmittedVideo


@dataclass(frozen=True)
class Emission:
    """What user code emitted at once, taken apart, typed and checked.

    With nothing in it, it says that what was emitted before is complete.

    Attributes:
        audio: to be played.
        video: to be shown.
        encoded: a file or a slice of one, to be decoded.
        outputs: for other components.
        close: ends the session, behind the rest.
    """

    audio: EmittedAudio | None = None
    video: EmittedVideo | None = None
    encoded: EncodedInput | None = None
    outputs: AdditionalOutputs | None = None
    close: CloseStream | None = None

    def without_media(self) -> Emission:
        """Return what was said beside the media."""
        return replace(self, audio=None, video=None, encoded=None)
