"""Audio that arrives in packets: their order, their clock, and what is lost of them."""
