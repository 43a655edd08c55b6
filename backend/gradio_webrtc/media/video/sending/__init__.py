"""What of a picture is sent when: how many, which again, how fast. Pure."""
