"""The page that a ``Stream`` makes of itself: one layout a file, and a table that chooses."""
