"""Which routes a mounted stream has."""

from __future__ import annotations

from gradio_webrtc import Stream
from gradio_webrtc.routes.stream_router import make_router


def test_every_route_is_under_the_path() -> None:
    stream = Stream(lambda frame: frame)
    router = make_router(stream.host, stream._telephone, "/rtc", ["streams"])
    paths = {getattr(route, "path", "") for route in router.routes}
    assert {"/rtc/webrtc/offer", "/rtc/telephone/incoming", "/rtc/telephone/handler"} <= paths
    assert all(path.startswith("/rtc/") for path in paths)
