"""A venue that says all it has at once: `python -m tests.bench.sender CAPTURE ROUNDS CORE` prints its port.

It serves one client. The frames of `workloads.rounds` are packed as WebSocket text frames beforehand, so that sending
is all it does.
"""

import base64
import hashlib
import re
import socket
import struct
import sys
from pathlib import Path

from tests.bench import workloads
from tests.bench.cores import bind

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_CHUNK = 1 << 17
CLOSE = b"\x88\x02\x03\xe8"


def main(capture: Path, rounds: int, core: int) -> None:
    bind(core)
    told = memoryview(b"".join(map(packed, workloads.rounds(capture, rounds).frames)) + CLOSE)
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(server.getsockname()[1], flush=True)
        client, _ = server.accept()
        with client:
            shake_hands(client)
            for start in range(0, len(told), _CHUNK):
                client.sendall(told[start : start + _CHUNK])
            while client.recv(4096):
                pass


def packed(frame: bytes) -> bytes:
    """A text frame as a server sends it."""
    size = len(frame)
    return (b"\x81" + bytes([size]) if size < 126 else struct.pack("!BBH", 0x81, 126, size)) + frame


def shake_hands(client: socket.socket) -> None:
    """Lets a WebSocket client in."""
    asked = b""
    while b"\r\n\r\n" not in asked:
        asked += client.recv(4096)
    match = re.search(rb"(?i)sec-websocket-key: *(\S+)", asked)
    if match is None:
        raise ConnectionError("no WebSocket client")
    proof = base64.b64encode(hashlib.sha1(match[1] + _GUID).digest())
    client.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + proof + b"\r\n\r\n"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
