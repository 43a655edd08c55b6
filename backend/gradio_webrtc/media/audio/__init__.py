"""Audio as samples: formats, rates, frames, pacing, jitter and loss. Pure."""
