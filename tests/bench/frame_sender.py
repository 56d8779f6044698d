"""A market that says what it is told to: one WebSocket, whose frames are written by the process that measures."""

import base64
import hashlib
import re
import socket
import struct
import threading
import time

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_KEY = re.compile(rb"(?i)sec-websocket-key: *(\S+)")


class FrameSender:
    """Lets one client in. `send` writes a text frame to it and returns when that was done, by `perf_counter_ns`."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"ws://127.0.0.1:{self._server.getsockname()[1]}/stream"
        self._client: socket.socket | None = None
        self._is_there = threading.Event()
        threading.Thread(target=self._let_in, daemon=True).start()

    def send(self, text: bytes) -> int:
        if not self._is_there.wait(10) or self._client is None:
            raise RuntimeError("nobody reads the market")
        self._client.sendall(struct.pack("!BBH", 0x81, 126, len(text)) + text)
        return time.perf_counter_ns()

    def close(self) -> None:
        self._server.close()
        if self._client is not None:
            self._client.close()

    def _let_in(self) -> None:
        client, _ = self._server.accept()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        asked = b""
        while b"\r\n\r\n" not in asked:
            asked += client.recv(4096)
        key = _KEY.search(asked)
        proof = base64.b64encode(hashlib.sha1((key[1] if key else b"") + _GUID).digest())
        client.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + proof + b"\r\n\r\n"
        )
        self._client = client
        self._is_there.set()
