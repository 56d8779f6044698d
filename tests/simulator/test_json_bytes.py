from connector.simulator.json_bytes import frame_of


def test_a_payload_is_sent_without_blanks_and_with_its_own_slashes_and_letters() -> None:
    assert frame_of({"u": "wss://x/y", "n": [1, None], "s": "币"}) == b'{"u":"wss://x/y","n":[1,null],"s":"\\u5e01"}'
