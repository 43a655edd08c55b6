"""TURN and STUN servers: a provider's, one's own, or what the environment has keys for."""
