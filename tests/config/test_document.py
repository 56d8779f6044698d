from pathlib import Path

import pytest

from connector.config.document import read_document
from connector.core.faults import ConfigFault


def document(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "settings.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refusal(path: Path) -> str:
    with pytest.raises(ConfigFault) as caught:
        read_document(path)
    return str(caught.value).replace(str(path), "settings.yml")


def test_numbers_stay_the_text_that_was_written(tmp_path: Path) -> None:
    text = "a: 0.1\nb: 1e-8\nc: 007\nd: 0.10000000000000000000000000001\n"
    assert read_document(document(tmp_path, text)).values == {
        "a": "0.1",
        "b": "1e-8",
        "c": "007",
        "d": "0.10000000000000000000000000001",
    }


def test_words_of_truth_stay_words(tmp_path: Path) -> None:
    assert read_document(document(tmp_path, "a: yes\nb: False\n")).values == {"a": "yes", "b": "False"}


@pytest.mark.parametrize("nothing", ["", "null", "~", "''", '""', "Null", "NULL"])
def test_a_key_without_a_value_has_none(tmp_path: Path, nothing: str) -> None:
    assert read_document(document(tmp_path, f"a: {nothing}\n")).values == {"a": None}


def test_lists_and_mappings_hold_text_too(tmp_path: Path) -> None:
    values = read_document(document(tmp_path, "orders:\n  one: [buy, 0.5, 100]\n  two: [sell, 1, ]\n")).values
    assert values == {"orders": {"one": ["buy", "0.5", "100"], "two": ["sell", "1"]}}


def test_every_key_knows_its_line(tmp_path: Path) -> None:
    path = document(tmp_path, "# a comment\na: 1\n\nb:\n  c: 2\nd: 3\n")
    read = read_document(path)
    assert read.lines == {"a": 2, "b": 4, "d": 6}
    assert (read.where("d"), read.where("elsewhere")) == (f"{path}:6", str(path))


def test_a_byte_order_mark_and_foreign_line_ends_do_no_harm(tmp_path: Path) -> None:
    assert read_document(document(tmp_path, b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")).values == {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("", "settings file: settings.yml: is empty; write one `key: value` a line"),
        (" \n\n", "settings file: settings.yml: is empty; write one `key: value` a line"),
        ("# nothing\n", "settings file: settings.yml: holds no keys; write one `key: value` a line"),
        ("just words\n", "settings file: settings.yml: holds no keys; write one `key: value` a line"),
        ("- a\n- b\n", "settings file: settings.yml: holds no keys; write one `key: value` a line"),
        ("a: 1\nb: c: 2\n", "settings file: settings.yml:2: is not YAML: mapping values are not allowed here"),
        ("a: [1\n", "settings file: settings.yml:2: is not YAML: expected ',' or ']'"),
        ("a: 1\n\tb: 2\n", "settings file: settings.yml:2: is not YAML: found character"),
        ("a: 1\n---\nb: 2\n", "settings file: settings.yml:2: is not YAML: but found another document"),
        ("a: \x07\n", "settings file: settings.yml: is not YAML: it holds characters that text may not hold"),
        (b"a: \xff\n", "settings file: settings.yml: is not UTF-8 text; save it as UTF-8"),
        ("a: 1\nb: 2\na: 3\n", "settings.yml:3: a: 3: is written twice; it stands in line 1 too; remove one"),
        ("o:\n  x: 1\n  x: 2\n", "settings.yml:3: x: 2: is written twice; it stands in line 2 too; remove one"),
        ("[a]: 1\n", "settings file: settings.yml:1: a key must be a word; write `key: value`"),
        ("a: &x [1]\nb: *x\n", "settings file: settings.yml:1: has an anchor (&x); write the value out"),
        ("a: &x [*x]\n", "settings file: settings.yml:1: has an anchor (&x); write the value out"),
    ],
)
def test_a_file_that_holds_no_settings_is_refused_in_one_line(
    tmp_path: Path, text: str | bytes, beginning: str
) -> None:
    line = refusal(document(tmp_path, text))
    assert line.startswith(beginning)
    assert "\n" not in line


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "settings.yml") == (
        "settings file: settings.yml: cannot be read (No such file or directory); check the path"
    )
    assert "cannot be read (Is a directory)" in refusal(tmp_path)
