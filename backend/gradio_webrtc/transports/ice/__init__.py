"""ICE servers, and what ICE agents may do."""
