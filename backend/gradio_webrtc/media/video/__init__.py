"""Video frames: pixel formats, rates and clocks. Pure."""
