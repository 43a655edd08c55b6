"""How soon and how fast the voices speak."""
