"""The published websocket protocol: JSON events with sound as base64, and what we add to it."""
