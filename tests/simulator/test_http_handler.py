import asyncio
import io
import time

import aiohttp
import pytest

from connector.simulator.rest.faulty_responses import UNKNOWN_ERROR
from connector.simulator.rest.request import Request
from connector.simulator.rest.routes import ROUTES, Route, Security
from connector.simulator.server import LocalExchange
from connector.simulator.streams.connection import Connection
from tests.companions.simulator.callers import SocketClient, signed

BTC = "BTCUSDT"


async def known(client: SocketClient, client_order_id: str) -> bool:
    row = await client("GET", "/fapi/v1/order", symbol=BTC, origClientOrderId=client_order_id)
    return row.get("clientOrderId") == client_order_id


@pytest.mark.parametrize(
    "path", ["/", "/page.js", "/fapi/v1/time", "/fapi/v1/depth?symbol=BTCUSDT&limit=5", "/local/v1/view"]
)
async def test_a_head_is_a_get_without_its_body(client: SocketClient, path: str) -> None:
    async with client.session.get(f"{client.venue.rest}{path}") as got:
        assert got.status == 200 and await got.read()
    async with client.session.head(f"{client.venue.rest}{path}") as asked:
        assert (asked.status, asked.content_type, await asked.read()) == (200, got.content_type, b"")


async def test_a_head_of_what_does_not_exist_is_not_found(client: SocketClient) -> None:
    async with client.session.head(f"{client.venue.rest}/fapi/v1/nothing") as asked:
        assert asked.status == 404


@pytest.mark.parametrize(
    ("fault", "status", "code", "placed"),
    [
        ("unknown_but_placed", 503, -1000, True),
        ("unknown_not_placed", 503, -1000, False),
        ("timeout_1006", 503, -1006, True),
        ("timeout_408", 408, None, True),
        ("timeout_1007", 408, -1007, True),
        ("overloaded_1008", 503, -1008, False),
        ("service_unavailable", 503, None, False),
        ("rate_limited", 429, -1003, False),
        ("banned", 418, -1003, False),
    ],
)
async def test_a_spoiled_answer_says_what_the_fault_means(
    venue: LocalExchange, client: SocketClient, fault: str, status: int, code: int | None, placed: bool
) -> None:
    venue.faults.arm(fault, ms=2_500)
    text = (
        f"symbol={BTC}&side=BUY&type=LIMIT&quantity=0.01&price=59000&timeInForce=GTC"
        f"&newClientOrderId=mine&timestamp={time.time_ns() // 1_000_000}"
    )
    query = signed(client.sender.api_secret, text)
    got_status, headers, body = await client.raw("POST", "/fapi/v1/order", query)
    assert (got_status, body.get("code")) == (status, code)
    assert headers.get("Retry-After") == ("3" if fault == "rate_limited" else None)
    assert await known(client, "mine") is placed


@pytest.mark.parametrize(("fault", "placed"), [("reset_after_execution", True), ("reset_before_execution", False)])
async def test_a_reset_leaves_the_sender_without_an_answer(
    venue: LocalExchange, client: SocketClient, fault: str, placed: bool
) -> None:
    venue.faults.arm(fault)
    with pytest.raises(aiohttp.ClientError):
        await client.order("BUY", "0.01", "59000", newClientOrderId="mine")
    assert await known(client, "mine") is placed


async def test_the_event_can_outrun_the_answer(venue: LocalExchange, client: SocketClient) -> None:
    user = await client.user_stream()
    venue.faults.arm("event_before_ack", ms=300)
    placing = asyncio.create_task(client.order("BUY", "0.01", "59000"))
    event = await user.receive_json(timeout=5)
    assert event["o"]["X"] == "NEW" and not placing.done()
    assert (await placing)["orderId"] == event["o"]["i"]


async def test_a_stale_snapshot_is_the_one_before(venue: LocalExchange, client: SocketClient) -> None:
    async def last_id() -> int:
        return int((await client.raw("GET", "/fapi/v1/depth", f"symbol={BTC}"))[2]["lastUpdateId"])

    first = await last_id()
    await client.order("BUY", "0.01", "59000")
    venue.faults.arm("stale_snapshot")
    assert await last_id() == first
    assert await last_id() > first


async def test_a_stale_snapshot_is_the_one_before_of_the_same_query(venue: LocalExchange, client: SocketClient) -> None:
    async def last_id(query: str) -> int:
        return int((await client.raw("GET", "/fapi/v1/depth", query))[2]["lastUpdateId"])

    deep, flat = f"symbol={BTC}&limit=1000", f"symbol={BTC}&limit=5"
    first = await last_id(deep)
    await client.order("BUY", "0.01", "59000")
    assert await last_id(flat) > first
    await client.raw("GET", "/fapi/v1/depth", "symbol=NOPE")
    venue.faults.arm("stale_snapshot")
    assert await last_id(deep) == first


async def test_what_nobody_foresaw_is_an_unknown_error_and_the_next_request_is_served(
    client: SocketClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(call: Request) -> object:
        raise ZeroDivisionError("of the exchange's own making")

    monkeypatch.setitem(ROUTES, ("GET", "/fapi/v1/ping"), Route(breaks, lambda params: 1, Security.NONE))
    status, _, body = await client.raw("GET", "/fapi/v1/ping")
    assert (status, body) == (503, {"code": -1000, "msg": UNKNOWN_ERROR})
    assert "GET /fapi/v1/ping failed" in caplog.text and "ZeroDivisionError" in caplog.text
    assert (await client.raw("GET", "/fapi/v1/time"))[0] == 200


async def test_a_socket_whose_serving_fails_is_cut(
    client: SocketClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    socket = await client.open("/public/ws")

    def breaks(connection: Connection, method: str, params: list[object]) -> dict[str, object]:
        raise ZeroDivisionError("of the exchange's own making")

    monkeypatch.setattr(Connection, "_done", breaks)
    await socket.send_json({"method": "LIST_SUBSCRIPTIONS", "id": 1})
    assert (await socket.receive(timeout=5)).type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
    assert "a socket of /public/ws failed" in caplog.text
    assert (await client.raw("GET", "/fapi/v1/ping"))[0] == 200


async def test_a_body_too_large_is_told_so(client: SocketClient) -> None:
    async with client.session.post(f"{client.venue.rest}/fapi/v1/order", data=io.BytesIO(b"x" * (2 << 20))) as reply:
        assert reply.status == 413


async def test_a_host_that_is_no_address_is_refused_the_local_paths(venue: LocalExchange) -> None:
    async with aiohttp.ClientSession() as session:
        reply = await session.get(f"{venue.rest}/local/v1/account", headers={"Host": "[::1"})
        assert (reply.status, await reply.text()) == (403, "only for programs of this machine\n")


async def test_a_slow_snapshot_takes_its_time(venue: LocalExchange, client: SocketClient) -> None:
    venue.faults.arm("slow_snapshot", ms=200)
    began = time.monotonic()
    await client.raw("GET", "/fapi/v1/depth", f"symbol={BTC}")
    assert time.monotonic() - began >= 0.2


async def test_any_request_can_be_answered_late(venue: LocalExchange, client: SocketClient) -> None:
    venue.faults.arm("slow_answer", ms=200, path="/fapi/v1/time")
    began = time.monotonic()
    await client.raw("GET", "/fapi/v1/ping")
    assert venue.faults.armed()
    assert (await client.raw("GET", "/fapi/v1/time"))[0] == 200
    assert time.monotonic() - began >= 0.2 and not venue.faults.armed()


async def test_the_signature_may_cover_query_and_body_together(client: SocketClient) -> None:
    query = f"symbol={BTC}&side=BUY&type=LIMIT&timeInForce=GTC"
    body = f"quantity=0.01&price=59000&timestamp={time.time_ns() // 1_000_000}"
    mac = signed(client.sender.api_secret, query + body).rpartition("=")[2]
    status, _, ack = await client.raw("POST", "/fapi/v1/order", query, f"{body}&signature={mac}")
    assert (status, ack["status"]) == (200, "NEW")


async def test_the_signature_covers_the_very_bytes_sent(client: SocketClient) -> None:
    text = f"symbol=%42TCUSDT&timestamp={time.time_ns() // 1_000_000}"
    status, _, _ = await client.raw("GET", "/fapi/v1/openOrders", signed(client.sender.api_secret, text))
    assert status == 200


@pytest.mark.parametrize(
    "target", [b"/fapi/v1/\xff\xfe", b"/fapi/v1/openOrders?symbol=\xff&timestamp=1&signature=\xfe"]
)
async def test_bytes_that_are_no_text_are_answered_in_the_venues_shape(venue: LocalExchange, target: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", venue.port)
    key = venue.api_key.encode()
    writer.write(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nX-MBX-APIKEY: " + key + b"\r\nConnection: close\r\n\r\n")
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    await writer.wait_closed()
    assert answer.split()[1] in (b"400", b"404")


async def test_a_page_of_another_origin_is_refused_the_local_paths(venue: LocalExchange) -> None:
    async with aiohttp.ClientSession(headers={"Origin": "https://evil.example"}) as session:
        async with session.get(f"{venue.rest}/local/v1/account") as reply:
            assert reply.status == 403
        async with session.post(f"{venue.rest}/local/v1/account?deposit=5") as reply:
            assert reply.status == 403


async def test_no_stream_is_served_at_another_path(client: SocketClient) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await client.open("/elsewhere/ws")


async def test_cut_sockets_are_gone(venue: LocalExchange, client: SocketClient) -> None:
    socket = await client.open("/public/ws/btcusdt@bookTicker")
    venue.faults.arm("cut_sockets")
    assert (await socket.receive(timeout=5)).type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)


async def test_a_key_that_another_client_deletes_says_so_closes_its_sockets_and_is_gone(
    venue: LocalExchange, client: SocketClient
) -> None:
    market, user = await client.open("/public/ws/btcusdt@bookTicker"), await client.user_stream()
    venue.faults.arm("delay_user_event", ms=60_000)
    await client.order("BUY", "0.01", "59000")
    assert (await market.receive_json(timeout=5))["b"] == "59000.00"
    venue.faults.arm("listen_key_deleted")
    assert [(await user.receive_json(timeout=5))["e"] for _ in range(2)] == ["ORDER_TRADE_UPDATE", "listenKeyExpired"]
    assert (await user.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSE
    assert user.close_code == 1000
    assert (await client.raw("PUT", "/fapi/v1/listenKey"))[2]["code"] == -1125
    await client.order("BUY", "0.01", "59001")
    assert (await market.receive_json(timeout=5))["b"] == "59001.00"


async def test_late_depth_keeps_its_order_over_the_socket(venue: LocalExchange, client: SocketClient) -> None:
    socket = await client.open("/public/ws/btcusdt@depth@100ms")
    venue.faults.arm("delay_depth", ms=400, stream="btcusdt@depth@100ms")
    began = time.monotonic()
    await client.order("BUY", "0.01", "59000")
    async with asyncio.timeout(5):
        while venue.faults.armed():
            await asyncio.sleep(0.01)
    await client.order("BUY", "0.01", "59001")
    first, second = await socket.receive_json(timeout=5), await socket.receive_json(timeout=5)
    assert (first["b"][0][0], second["b"][0][0], second["pu"]) == ("59000.00", "59001.00", first["u"])
    assert time.monotonic() - began >= 0.4


async def test_a_gap_of_the_chain_comes_with_its_frame(venue: LocalExchange, client: SocketClient) -> None:
    socket = await client.open("/public/ws/btcusdt@depth@100ms")
    frames = []
    for price in ("59000", "59001", "59002"):
        await client.order("BUY", "0.01", price)
        frames.append(await socket.receive_json(timeout=5))
        venue.faults.arm("depth_gap", int(price == "59000"))
    one, other, last = frames
    assert other["pu"] != one["u"] and other["b"] == [["59001.00", "0.010"]]
    assert last["pu"] == other["u"]


async def test_a_half_open_socket_is_silent_and_then_speaks_again(venue: LocalExchange, client: SocketClient) -> None:
    socket = await client.open("/public/ws/btcusdt@bookTicker")
    venue.faults.arm("half_open", ms=60_000)
    await client.order("BUY", "0.01", "59000")
    venue.faults.arm("half_open", ms=0)
    await client.order("BUY", "0.01", "59001")
    assert (await socket.receive_json(timeout=5))["b"] == "59001.00"


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [("executed_late", 503, -1000), ("executed_late_1007", 408, -1007), ("executed_late_408", 408, None)],
)
async def test_an_order_is_carried_out_long_after_its_answer(
    venue: LocalExchange, client: SocketClient, fault: str, status: int, code: int | None
) -> None:
    user = await client.user_stream()
    await client.raw("POST", "/local/v1/faults", f"name={fault}&ms=400")
    terms = f"symbol={BTC}&side=BUY&type=LIMIT&quantity=0.01&price=59000&timeInForce=GTC&newClientOrderId=mine"
    sent_ms = venue.runtime.now_ms()
    query = signed(client.sender.api_secret, f"{terms}&timestamp={sent_ms}")
    got_status, _, body = await client.raw("POST", "/fapi/v1/order", query)
    assert (got_status, body.get("code")) == (status, code)
    row = await client("GET", "/fapi/v1/order", symbol=BTC, origClientOrderId="mine")
    assert row["code"] == -2013, "nobody knows it yet"
    event = await user.receive_json(timeout=5)
    assert (event["o"]["c"], event["o"]["X"]) == ("mine", "NEW") and event["T"] >= sent_ms + 400
    assert await known(client, "mine")


async def test_a_reset_may_be_carried_out_late_and_long_after_its_receive_window(
    venue: LocalExchange, client: SocketClient
) -> None:
    user = await client.user_stream()
    venue.faults.arm("executed_late_reset", ms=300)
    with pytest.raises(aiohttp.ClientError):
        await client.order("BUY", "0.01", "59000", newClientOrderId="mine", recvWindow=100)
    assert not await known(client, "mine")
    assert (await user.receive_json(timeout=5))["o"]["c"] == "mine"


async def test_a_cancel_is_carried_out_late_too(venue: LocalExchange, client: SocketClient) -> None:
    user = await client.user_stream()
    await client.order("BUY", "0.01", "59000", newClientOrderId="mine")
    assert (await user.receive_json(timeout=5))["o"]["X"] == "NEW"
    query = "name=executed_late&method=DELETE&path=/fapi/v1/order&ms=300"
    assert (await client.raw("POST", "/local/v1/faults", query))[2]["state"] == "armed"
    refusal = await client("DELETE", "/fapi/v1/order", symbol=BTC, origClientOrderId="mine")
    assert refusal["code"] == -1000
    assert (await client("GET", "/fapi/v1/order", symbol=BTC, origClientOrderId="mine"))["status"] == "NEW"
    assert (await user.receive_json(timeout=5))["o"]["X"] == "CANCELED"


@pytest.mark.parametrize(
    ("answer", "words"),
    [("502", "Bad Gateway"), ("503", "Service Temporarily Unavailable"), ("504", "Gateway Time-out")],
)
async def test_an_outage_answers_all_with_a_page_and_cuts_what_is_open(
    venue: LocalExchange, client: SocketClient, answer: str, words: str
) -> None:
    user, market = await client.user_stream(), await client.open("/public/ws/btcusdt@bookTicker")
    query = f"name=outage&answer={answer}&ms=60000"
    assert (await client.raw("POST", "/local/v1/faults", query))[2]["state"] == "armed"
    for socket in (user, market):
        assert (await socket.receive(timeout=5)).type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
    async with client.session.get(f"{venue.rest}/fapi/v1/time") as reply:
        assert (reply.status, reply.content_type) == (int(answer), "text/html")
        assert f"<title>{answer} {words}</title>" in await reply.text()
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await client.open("/public/ws/btcusdt@bookTicker")
    assert refused.value.status == int(answer)
    await client.raw("POST", "/local/v1/faults", "name=outage&times=0")
    await client.order("BUY", "0.01", "59000")
    again = await client.open("/private/ws/" + (await client.raw("POST", "/fapi/v1/listenKey"))[2]["listenKey"])
    await client.order("BUY", "0.01", "59001")
    assert (await again.receive_json(timeout=5))["o"]["p"] == "59001.00"


async def test_an_outage_can_take_the_listen_keys_with_it_or_leave_them(
    venue: LocalExchange, client: SocketClient
) -> None:
    async def outage(*, with_keys: bool) -> None:
        venue.faults.arm("outage", ms=60_000)
        if with_keys:
            venue.faults.arm("listen_key_expired")
        venue.faults.arm("outage", 0)

    kept = (await client.raw("POST", "/fapi/v1/listenKey"))[2]["listenKey"]
    await outage(with_keys=False)
    assert (await client.raw("PUT", "/fapi/v1/listenKey"))[2]["listenKey"] == kept
    await outage(with_keys=True)
    assert (await client.raw("PUT", "/fapi/v1/listenKey"))[2]["code"] == -1125


async def test_half_open_and_silent_end_when_they_are_disarmed(venue: LocalExchange, client: SocketClient) -> None:
    ticker = await client.open("/public/ws/btcusdt@bookTicker")
    for price, fault in (("59000", "half_open"), ("59002", "silent_stream")):
        await client.raw("POST", "/local/v1/faults", f"name={fault}&ms=600000")
        await client.order("BUY", "0.01", price)
        await client.raw("POST", "/local/v1/faults", f"name={fault}&times=0")
        await client.order("BUY", "0.01", str(int(price) + 1))
        assert (await ticker.receive_json(timeout=5))["b"] == f"{int(price) + 1}.00", fault


async def test_an_outage_may_say_nothing_at_all(venue: LocalExchange, client: SocketClient) -> None:
    await client.raw("POST", "/local/v1/faults", "name=outage&answer=reset&ms=60000")
    with pytest.raises(aiohttp.ClientError):
        await client.raw("GET", "/fapi/v1/time")
    with pytest.raises(aiohttp.ClientError):
        await client.open("/public/ws/btcusdt@bookTicker")
    await client.raw("POST", "/local/v1/faults", "name=outage&times=0")
    assert (await client.raw("GET", "/fapi/v1/time"))[0] == 200


async def test_an_event_is_overtaken_by_those_behind_it(venue: LocalExchange, client: SocketClient) -> None:
    other = SocketClient(client.session, venue, venue.admit(venue.settings.deposit))
    await other.order("SELL", "0.1", "60000")
    user = await client.user_stream()
    await client.raw("POST", "/local/v1/faults", "name=overtaken_user_event&event=ACCOUNT_UPDATE&ms=300")
    await client.order("BUY", "0.01")
    told = [(await user.receive_json(timeout=5))["e"] for _ in range(4)]
    assert told == ["ORDER_TRADE_UPDATE", "TRADE_LITE", "ORDER_TRADE_UPDATE", "ACCOUNT_UPDATE"]
