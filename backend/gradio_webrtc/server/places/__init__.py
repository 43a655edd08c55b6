"""Places that several processes share."""
