"""A process that receives the frames a bot receives and does nothing with them: `python -m tests.bench.bare_listener
STREAM_BASE SECONDS CORE`. Prints one JSON object: what of a core that took, and how many frames came a second."""

import asyncio
import json
import sys
import time

from picows import WSFrame, WSListener, WSTransport, ws_connect

from tests.bench.cores import bind

#: By route; what a bot subscribes to for one pair.
STREAMS = {
    "public": ("btcusdt@depth@100ms", "btcusdt@bookTicker"),
    "market": ("btcusdt@markPrice@1s", "btcusdt@aggTrade"),
}


class _Counted(WSListener):
    frames = 0

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        _Counted.frames += 1


async def main(base: str, seconds: float) -> None:
    for route, names in STREAMS.items():
        await ws_connect(_Counted, f"{base}/{route}/stream?streams={'/'.join(names)}")
    while not _Counted.frames:
        await asyncio.sleep(0.05)
    frames, cpu_s, began_s = _Counted.frames, time.process_time(), time.perf_counter()
    await asyncio.sleep(seconds)
    lasted_s = time.perf_counter() - began_s
    told = {
        "cpu_percent": 100 * (time.process_time() - cpu_s) / lasted_s,
        "frames_per_s": (_Counted.frames - frames) / lasted_s,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    bind(int(sys.argv[3]))
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
