"""How far ``heard_text`` is from what can be heard."""
