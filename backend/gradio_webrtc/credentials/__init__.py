"""TURN and STUN servers: a provider's, one's own, or what the environment has keys for."""

from gradio_webrtc.credentials.own_servers import get_coturn_credentials, stun
from gradio_webrtc.credentials.turn_providers import (
    get_cloudflare_turn_credentials,
    get_cloudflare_turn_credentials_async,
    get_hf_turn_credentials,
    get_hf_turn_credentials_async,
    get_turn_credentials,
    get_turn_credentials_async,
    get_twilio_turn_credentials,
)

__all__ = [
    "get_cloudflare_turn_credentials",
    "get_cloudflare_turn_credentials_async",
    "get_coturn_credentials",
    "get_hf_turn_credentials",
    "get_hf_turn_credentials_async",
    "get_turn_credentials",
    "get_turn_credentials_async",
    "get_twilio_turn_credentials",
    "stun",
]
