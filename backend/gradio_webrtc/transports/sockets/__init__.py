"""Sessions over a socket that carries texts both ways: what websockets and telephones share."""
