"""Speech to text and text to speech: small protocols, a registry, one engine a file."""
