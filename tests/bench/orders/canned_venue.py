"""A venue that takes every order at once: `python -m tests.bench.orders.canned_venue CORE` prints its port.

It cancels and changes as readily. A thread and a blocking socket each connection, so that it costs the other side as
little as an answer can. REST and the WS-API give the same answer, which names the order that was asked for.
"""

import base64
import contextlib
import hashlib
import re
import socket
import struct
import sys
import threading
from collections.abc import Iterator

from tests.bench.cores import bind

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_KEY = re.compile(rb"(?i)sec-websocket-key: *(\S+)")
_CLIENT_ID = re.compile(rb'(?:newClientOrderId|origClientOrderId)(?:=|": ?")([\w-]+)')
_PRICE, _AMOUNT = (re.compile(rb'%b(?:=|": ?")([\d.]+)' % name) for name in (b"price", b"quantity"))
_ANSWER_ID = re.compile(rb'"id": ?("[^"]*"|\d+)')
_ACK = (
    b'{"orderId":%d,"symbol":"BTCUSDT","status":"%b","clientOrderId":"%b","price":"%b","origQty":"%b",'
    b'"executedQty":"0.000","cumQty":"0.000","timeInForce":"GTC","type":"LIMIT","reduceOnly":false,'
    b'"closePosition":false,"side":"BUY","positionSide":"BOTH","stopPrice":"0.0","workingType":"CONTRACT_PRICE",'
    b'"priceProtect":false,"origType":"LIMIT","priceMatch":"NONE","selfTradePreventionMode":"EXPIRE_MAKER",'
    b'"goodTillDate":0,"updateTime":1700000000000}'
)
_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\nX-MBX-ORDER-COUNT-10S: 1\r\n"
    b"X-MBX-ORDER-COUNT-1M: 1\r\n\r\n"
)
_LIMITS = (
    b'[{"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":100000000,"count":1},'
    b'{"rateLimitType":"ORDERS","interval":"MINUTE","intervalNum":1,"limit":100000000,"count":1}]'
)


def main(core: int) -> None:
    bind(core)
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(server.getsockname()[1], flush=True)
        threading.Thread(target=_accept, args=(server,), daemon=True).start()
        sys.stdin.read()


def _accept(server: socket.socket) -> None:
    while True:
        try:
            client, _ = server.accept()
        except OSError:
            return
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_serve, args=(client,), daemon=True).start()


def _serve(client: socket.socket) -> None:
    orders = 0
    held = b""
    # One that ends a connection at once has had all that it wants.
    with client, contextlib.suppress(ConnectionError):
        while True:
            while (end := held.find(b"\r\n\r\n")) < 0:
                data = client.recv(1 << 16)
                if not data:
                    return
                held += data
            asked, held = held[:end], held[end + 4 :]
            if key := _KEY.search(asked):
                _shake_hands(client, key[1])
                _answer_frames(client, held)
                return
            orders += 1
            body = ack(asked, orders)
            client.sendall(_HEAD % len(body) + body)


def ack(asked: bytes, number: int) -> bytes:
    """The answer to a request, of the order that it names."""
    named = _CLIENT_ID.search(asked)
    status = b"CANCELED" if asked.startswith(b"DELETE") or b'"order.cancel"' in asked else b"NEW"
    price, amount = _PRICE.search(asked), _AMOUNT.search(asked)
    terms = price[1] if price else b"50000.0", amount[1] if amount else b"0.010"
    return _ACK % (number, status, named[1] if named else b"", *terms)


def _answer_frames(client: socket.socket, held: bytes) -> None:
    for number, asked in enumerate(_texts(client, held), 1):
        answered = _ANSWER_ID.search(asked)
        id_ = answered[1] if answered else b"null"
        text = b'{"id":%b,"status":200,"result":%b,"rateLimits":%b}' % (id_, ack(asked, number), _LIMITS)
        client.sendall(struct.pack("!BBH", 0x81, 126, len(text)) + text)


def _texts(client: socket.socket, held: bytes) -> Iterator[bytes]:
    """What the client's text frames say, until it closes."""
    while True:
        while (whole := _frame(held)) is None:
            data = client.recv(1 << 16)
            if not data:
                return
            held += data
        opcode, text, held = whole
        if opcode == 8:
            return
        if opcode == 9:
            # Who asks so whether it is there ends a connection that does not say so.
            client.sendall(struct.pack("!BB", 0x8A, len(text)) + text)
        if opcode == 1:
            yield text


def _frame(held: bytes) -> tuple[int, bytes, bytes] | None:
    """The first masked frame that is whole: its opcode, what it says, and the rest."""
    if len(held) < 4:
        return None
    size, start = held[1] & 0x7F, 2
    if size == 126:
        size, start = int.from_bytes(held[2:4], "big"), 4
    end = start + 4 + size
    if len(held) < end:
        return None
    mask = (held[start : start + 4] * (size // 4 + 1))[:size]
    text = int.from_bytes(held[start + 4 : end], "big") ^ int.from_bytes(mask, "big")
    return held[0] & 0x0F, text.to_bytes(size, "big"), held[end:]


def _shake_hands(client: socket.socket, key: bytes) -> None:
    proof = base64.b64encode(hashlib.sha1(key + _GUID).digest())
    client.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + proof + b"\r\n\r\n"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
