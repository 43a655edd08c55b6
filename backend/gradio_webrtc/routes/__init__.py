"""The routes of a mounted stream: what reaches a server by HTTP and by websocket."""
