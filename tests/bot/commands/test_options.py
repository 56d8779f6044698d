"""What several commands check of their options, and the one rule by which they end: 2 for what is wrong as it was
typed, 3 for a file, folder or setting that it names."""

from pathlib import Path

import pytest

from tests.companions.flows.in_process import done

TYPED = [
    (("run", "--domain", "nope"), "--domain: nope: no such domain; use one of binance_perpetual"),
    (("run", "--exchange", "http://127.0.0.1:1", "--seed", "3"), "--seed: 3: is for an exchange of its own"),
    (("run", "--exchange", "http://127.0.0.1:1", "--price-script", "gap"), "--price-script: gap: is for an exchange"),
    (("run", "--domain", "binance_perpetual", "--seed", "3"), "--seed: 3: is for the local exchange, not for"),
    (("run", "--price-script", "crash@soon"), "--price-script: crash@soon: after @ come seconds"),
    (("run", "--seed", "one"), "--seed"),
    (("record", "out.gz", "--pairs", " ,"), "--pairs: : names no pair"),
    (("record", "out.gz", "--domain", "nope"), "--domain: nope: no such domain"),
    (("record", "out.gz", "--exchange", "http://127.0.0.1:1", "--seed", "3"), "--seed: 3: is for an exchange of its"),
    (("doctor", "--domain", "nope"), "--domain: nope: no such domain"),
    (("cancel", "--everyones", "--yes", "--domain", "nope"), "--domain: nope: no such domain"),
]
NAMED = [
    (("run", "--price-script", "nope"), "--price-script: nope: is neither a file nor one of crash"),
    (("run", "--instruments", "nowhere.json"), "--instruments: nowhere.json: cannot be read"),
    (("run", "--json", "no/such/folder/out.json"), "--json: no/such/folder/out.json: its folder does not exist"),
    (("run", "--config", "nowhere.yml"), "nowhere.yml"),
]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [*((words, 2, said) for words, said in TYPED), *((words, 3, said) for words, said in NAMED)],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
async def test_what_is_wrong_as_it_was_typed_ends_with_2_and_what_it_names_with_3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (await done("init", home=tmp_path))[0] == 0
    ended, line = await done(*words, home=tmp_path)
    assert (ended, said in line) == (code, True), line
    assert not (tmp_path / "out.gz").exists()
