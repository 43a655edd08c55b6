"""What an app may ask of a ``Stream``, subject by subject; ``stream.py`` puts them together."""
