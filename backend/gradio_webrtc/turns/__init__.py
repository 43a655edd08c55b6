"""Who is speaking: voice activity, turns, replies and interruptions."""
