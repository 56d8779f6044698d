from dataclasses import replace

import pytest

from connector.simulator.fault_injection.catalogue import FAULTS
from connector.simulator.market.default_instruments import DEFAULT_INSTRUMENTS
from tests.companions.simulator.callers import QUIET, START_MS, Caller, caller
from tests.companions.simulator.listeners import Listener


def test_the_ready_made_account_names_its_life(call: Caller) -> None:
    reply = call.local("GET", "/local/v1/account")
    assert reply == {
        "api_key": call.sender.api_key,
        "api_secret": call.sender.api_secret,
        "kind": "HMAC",
        "public_key": "",
        "life": call.runtime.epoch_name,
    }


def test_a_new_account_has_its_deposit(call: Caller) -> None:
    reply = call.local("POST", "/local/v1/account", deposit="250.5")
    sender = call.runtime.api_keys.find(reply["api_key"])
    assert sender is not None
    assert call.runtime.account(sender).wallet_e8 == 25_050_000_000
    assert call.local("POST", "/local/v1/account")["code"] == -1102


def test_the_background_tells_what_it_did(call: Caller) -> None:
    reply = call.local("GET", "/local/v1/background")
    assert (reply["seed"], reply["commands"], reply["fingerprint"]) == (1, 0, "")
    assert len(reply["hash"]) == 64


def test_funding_can_be_settled_now(call: Caller) -> None:
    rows = call.local("POST", "/local/v1/funding")
    assert [(row["symbol"], row["fundingTime"]) for row in rows] == [("BTCUSDT", START_MS), ("ETHUSDT", START_MS)]


def test_the_funding_of_one_symbol_can_be_settled_alone(call: Caller) -> None:
    rows = call.local("POST", "/local/v1/funding", symbol="ETHUSDT")
    assert [row["symbol"] for row in rows] == ["ETHUSDT"]


def test_a_contracts_funding_can_be_changed_and_nailed(call: Caller) -> None:
    reply = call.local("PUT", "/local/v1/funding", symbol="BTCUSDT", hours=1, cap="0.003", floor="-0.003", rate="0.001")
    assert reply in call("GET", "/fapi/v1/fundingInfo")
    assert (reply["fundingIntervalHours"], reply["adjustedFundingRateCap"], reply["updateTime"]) == (
        1,
        "0.00300000",
        START_MS,
    )
    assert call("GET", "/fapi/v1/premiumIndex", symbol="BTCUSDT")["lastFundingRate"] == "0.00100000"
    (row,) = call.local("POST", "/local/v1/funding", symbol="BTCUSDT")
    assert row["fundingRate"] == "0.00100000"
    assert call("GET", "/fapi/v1/premiumIndex", symbol="BTCUSDT")["nextFundingTime"] == START_MS + 3_600_000
    assert call.local("PUT", "/local/v1/funding", symbol="BTCUSDT", hours=3)["code"] == -1130


def test_brackets_can_be_narrowed_and_the_market_is_told(call: Caller) -> None:
    listener = Listener(call.runtime.hub, "!contractInfo")
    (before,) = call("GET", "/fapi/v1/leverageBracket", symbol="BTCUSDT")
    reply = call.local("POST", "/local/v1/brackets", symbol="BTCUSDT", share="0.5")
    assert [row["notionalCap"] * 2 for row in reply["brackets"]] == [row["notionalCap"] for row in before["brackets"]]
    assert call("GET", "/fapi/v1/symbolConfig", symbol="BTCUSDT")[0]["maxNotionalValue"] == "50000000"
    call.runtime.pulse()
    (event,) = listener.received()
    assert (event["s"], event["bks"][0]["bnc"]) == ("BTCUSDT", 150_000)
    for share in ("0", "-1", "0.009", "101"):
        assert call.local("POST", "/local/v1/brackets", symbol="BTCUSDT", share=share)["code"] == -1130


def test_any_asset_of_a_futures_wallet_can_be_transferred(call: Caller) -> None:
    row = call.local("POST", "/local/v1/transfer", api_key=call.sender.api_key, asset="BNB", amount="2.5")
    assert (row["asset"], row["income"]) == ("BNB", "2.50000000")
    assert next(row["balance"] for row in call("GET", "/fapi/v3/balance") if row["asset"] == "BNB") == "2.50000000"


def test_a_transfer_is_booked_and_pushed(call: Caller) -> None:
    listener = Listener(call.runtime.hub, call("POST", "/fapi/v1/listenKey")["listenKey"])
    key = call.sender.api_key
    row = call.local("POST", "/local/v1/transfer", api_key=key, asset="USDT", amount="-100")
    assert (row["incomeType"], row["income"]) == ("TRANSFER", "-100.00000000")
    (event,) = listener.received()
    assert (event["a"]["m"], event["a"]["B"][0]["bc"], event["a"]["B"][0]["wb"]) == (
        "WITHDRAW",
        "-100.00000000",
        "9900.00000000",
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"api_key": "nobody"}, -2015),
        ({"asset": "GOLD"}, -1130),
        ({"amount": "-10001"}, -2018),
        ({"amount": "x"}, -1100),
    ],
)
def test_a_wrong_transfer_moves_nothing(call: Caller, change: dict[str, str], code: int) -> None:
    row = {"api_key": call.sender.api_key, "asset": "USDT", "amount": "1", **change}
    assert call.local("POST", "/local/v1/transfer", **row)["code"] == code
    assert call("GET", "/fapi/v3/balance")[0]["balance"] == "10000.00000000"


def test_the_mark_price_can_be_nailed_and_let_go(call: Caller) -> None:
    assert call.local("POST", "/local/v1/mark", symbol="BTCUSDT", price="50000")["markPrice"] == "50000.00000000"
    assert call("GET", "/fapi/v1/premiumIndex", symbol="BTCUSDT")["markPrice"] == "50000.00000000"
    assert call.local("POST", "/local/v1/mark", symbol="BTCUSDT")["markPrice"] == "60000.00000000"


def test_faults_are_listed_and_armed(call: Caller) -> None:
    assert set(call.local("GET", "/local/v1/faults")["known"]) == set(FAULTS)
    stream = "btcusdt@depth@100ms"
    told = call.local("POST", "/local/v1/faults", name="delay_depth", times=3, ms=5, stream=stream)
    assert told == {"state": "armed", "name": "delay_depth", "times": 3, "stream": stream, "ms": 5}
    (armed,) = call.local("GET", "/local/v1/faults")["armed"]
    assert armed == {name: value for name, value in told.items() if name != "state"}
    assert call.local("POST", "/local/v1/faults", name="delay_depth", times=0)["state"] == "disarmed"
    assert call.local("GET", "/local/v1/faults")["armed"] == []
    done = call.local("POST", "/local/v1/faults", name="cut_sockets")
    assert done == {"state": "nothing", "struck": 0, "name": "cut_sockets", "times": 1}


def test_what_strikes_at_once_tells_how_much_it_struck(call: Caller) -> None:
    def struck(name: str, **terms: object) -> tuple[str, int]:
        told = call.local("POST", "/local/v1/faults", name=name, **terms)
        return told["state"], told["struck"]

    for name in ("listen_key_expired", "listen_key_deleted", "burst_of_trades", "forced_liquidation", "forced_adl"):
        assert struck(name) == ("nothing", 0)
    assert struck("burst_of_income", count=2) == ("done", 1)
    assert struck("na_trades", symbol="BTCUSDT", count=1) == ("done", 1)
    call("POST", "/fapi/v1/listenKey")
    assert struck("listen_key_expired") == ("done", 1)
    call("POST", "/fapi/v1/listenKey")
    assert struck("listen_key_deleted") == ("done", 1)
    for _ in range(2):
        call.order("BUY", "0.01", "59000")
    assert struck("burst_of_trades", symbol="ETHUSDT") == ("nothing", 0)
    assert struck("burst_of_trades", symbol="BTCUSDT") == ("done", 1)
    assert struck("forced_adl", symbol="ETHUSDT") == ("nothing", 0)
    assert struck("forced_adl") == ("done", 1)
    assert struck("delisting") == ("done", 2)
    assert struck("delisting") == ("nothing", 0)


def test_ids_fall_as_long_as_there_is_room_and_then_say_so(call: Caller) -> None:
    told = [call.local("POST", "/local/v1/faults", name="ids_fall") for _ in range(30)]
    fell = [each for each in told if "state" in each]
    assert 10 < len(fell) < 30 and all((each["state"], each["struck"]) == ("done", 2) for each in fell)
    refusal = {"code": -1130, "msg": "ids_fall: ids have no room left to fall; begin a new life of the exchange"}
    assert told == [*fell, *[refusal] * (30 - len(fell))]
    depth = call("GET", "/fapi/v1/depth", symbol="BTCUSDT")["lastUpdateId"]
    call.local("POST", "/local/v1/faults", name="ids_fall")
    assert call("GET", "/fapi/v1/depth", symbol="BTCUSDT")["lastUpdateId"] == depth


def test_the_agreement_of_no_contract_can_be_unsigned(call: Caller) -> None:
    refusal = call.local("POST", "/local/v1/faults", name="unsigned_4411", ms=60_000)
    assert refusal["code"] == -1130 and "no contract here is on traditional finance; say symbol" in refusal["msg"]
    assert call.local("GET", "/local/v1/faults")["armed"] == []


def test_a_key_that_nobody_has_and_one_that_is_gone_strike_nothing(call: Caller) -> None:
    gone = call.other().sender.api_key
    call.local("DELETE", "/local/v1/key", api_key=gone)
    for api_key in ("zz", gone):
        refusal = call.local("POST", "/local/v1/faults", name="key_revoked", api_key=api_key)
        assert refusal["code"] == -1130 and "is no key of this exchange; leave it out" in refusal["msg"]
    assert call.local("GET", "/local/v1/faults")["armed"] == []


@pytest.mark.parametrize("price", ["0", "-1"])
def test_a_mark_price_that_no_contract_can_have_is_refused(call: Caller, price: str) -> None:
    before = call("GET", "/fapi/v1/premiumIndex", symbol="BTCUSDT")["markPrice"]
    answer = call.local("POST", "/local/v1/mark", symbol="BTCUSDT", price=price)
    assert (answer["code"], call("GET", "/fapi/v1/premiumIndex", symbol="BTCUSDT")["markPrice"]) == (-1130, before)


def test_a_special_rate_is_settled_beside_the_schedule_on_traditional_finance_alone() -> None:
    call = caller(replace(QUIET, instruments=DEFAULT_INSTRUMENTS))
    (row,) = call.local("POST", "/local/v1/funding", symbol="XAUUSDT", special="0.004")
    assert (row["symbol"], row["fundingRate"], row["rateType"]) == ("XAUUSDT", "0.00400000", "Special")
    assert call("GET", "/fapi/v1/fundingRate", symbol="XAUUSDT")[-1]["rateType"] == "Special"
    assert call.local("POST", "/local/v1/funding", symbol="BTCUSDT", special="0.004")["code"] == -1130
