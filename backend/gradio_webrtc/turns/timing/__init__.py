"""How long each turn took: from the end of somebody's speech to what they heard."""
