"""How many words recognition mistakes, on people's speech."""
