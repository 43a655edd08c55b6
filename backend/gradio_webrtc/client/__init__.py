"""A client in Python: talk to a mounted ``Stream`` or to a Gradio app's component from a program.

Importing it loads neither Gradio nor the server's part of this package.
"""

from gradio_webrtc.client.call import Call, CallTimes
from gradio_webrtc.client.connecting import connect
from gradio_webrtc.client.errors import (
    AccessDeniedError,
    CallEndedError,
    ClientError,
    ConnectTimeoutError,
    NoPlaceError,
    NothingCameError,
    RefusedError,
    ServerFailedError,
    ServerUnreachableError,
    StreamNotFoundError,
)
from gradio_webrtc.client.feed import Feed
from gradio_webrtc.client.received import (
    Ending,
    ReceivedAudio,
    ReceivedFrame,
    ReceivedMessage,
    ReceivedOutput,
)
from gradio_webrtc.client.sending.audio_line import Said
from gradio_webrtc.client.sending.microphone import Microphone
from gradio_webrtc.client.sync_call import SyncCall, connect_sync

__all__ = [
    "AccessDeniedError",
    "Call",
    "CallEndedError",
    "CallTimes",
    "ClientError",
    "ConnectTimeoutError",
    "Ending",
    "Feed",
    "Microphone",
    "NoPlaceError",
    "NothingCameError",
    "ReceivedAudio",
    "ReceivedFrame",
    "ReceivedMessage",
    "ReceivedOutput",
    "RefusedError",
    "Said",
    "ServerFailedError",
    "ServerUnreachableError",
    "StreamNotFoundError",
    "SyncCall",
    "connect",
    "connect_sync",
]
