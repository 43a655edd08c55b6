"""The reply to a turn: called, queued, held and dropped."""
