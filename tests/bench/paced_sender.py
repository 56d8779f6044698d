"""A venue that tells so many frames a second: `python -m tests.bench.paced_sender CAPTURE A_SECOND COUNT CORE TIMES`.

It prints its port, serves one client, and leaves in the file TIMES when each frame was sent (`perf_counter_ns`, which
all processes of a machine share).
"""

import socket
import sys
import time
from array import array
from itertools import islice
from pathlib import Path

from tests.bench import workloads
from tests.bench.cores import bind
from tests.bench.sender import CLOSE, packed, shake_hands

#: Until the reader has taken the handshake in.
_FIRST_AFTER_S = 0.2


def frames_of(capture: Path, count: int) -> list[bytes]:
    """So many frames of one unbroken sequence."""
    of_a_round = len(workloads.rounds(capture, 1).frames)
    return list(islice(workloads.rounds(capture, -(-count // of_a_round)).frames, count))


def main(capture: Path, a_second: int, count: int, core: int, times: Path) -> None:
    bind(core)
    frames = list(map(packed, frames_of(capture, count)))
    sent_ns = array("q")
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(server.getsockname()[1], flush=True)
        client, _ = server.accept()
        with client:
            shake_hands(client)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            began_s = time.perf_counter() + _FIRST_AFTER_S
            for number, frame in enumerate(frames):
                time.sleep(max(0.0, began_s + number / a_second - time.perf_counter()))
                sent_ns.append(time.perf_counter_ns())
                client.sendall(frame)
            times.write_bytes(sent_ns.tobytes())
            client.sendall(CLOSE)
            while client.recv(4096):
                pass


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), Path(sys.argv[5]))
