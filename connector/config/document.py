"""A settings file as keys, values and lines, before any key is understood.

Scalars stay the text that stands in the file, so that `0.1` is a tenth and not the float beside it. A key with
nothing behind it (`key:`, `key: null`, `key: ''`) counts as not written: other hosts write all their keys.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from connector.core.faults import ConfigFault

_FILE = "settings file"
_NULL_WORDS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Document:
    """A settings file that was read."""

    path: Path
    #: Text, lists and mappings of text; None for a key without a value.
    values: dict[str, object]
    #: Of each key, counted from 1.
    lines: dict[str, int]

    def where(self, key: str) -> str:
        """The file, and the line of that key if it stands there."""
        return f"{self.path}:{self.lines[key]}" if key in self.lines else str(self.path)


def read_document(path: Path) -> Document:
    """The file's top-level keys. Raises `ConfigFault` when it is no mapping that can be read."""
    root = _composed(path, _text_of(path))
    if not isinstance(root, MappingNode):
        raise ConfigFault(_FILE, path, "holds no keys", "write one `key: value` a line")
    values: dict[str, object] = {}
    lines: dict[str, int] = {}
    for key, node, line in _entries(path, root):
        values[key], lines[key] = _plain(path, node), line
    return Document(path, values, lines)


def _text_of(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigFault(_FILE, path, "is not UTF-8 text", "save it as UTF-8") from error
    except OSError as error:
        raise ConfigFault(_FILE, path, f"cannot be read ({error.strerror})", "check the path") from error
    if not text.strip():
        raise ConfigFault(_FILE, path, "is empty", "write one `key: value` a line")
    return text


def _composed(path: Path, text: str) -> Node | None:
    try:
        root: Node | None = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigFault(_FILE, f"{path}:{line}", f"is not YAML: {error.problem}", "check that line") from error
    except YAMLError as error:
        raise ConfigFault(_FILE, path, "is not YAML: it holds characters that text may not hold") from error
    return root


def _entries(path: Path, mapping: MappingNode) -> Iterator[tuple[str, Node, int]]:
    """Key, value and line of each entry; refuses a key that is written twice."""
    seen: dict[str, int] = {}
    for key_node, value_node in mapping.value:
        line = key_node.start_mark.line + 1
        key = _plain(path, key_node)
        if not isinstance(key, str):
            raise ConfigFault(_FILE, f"{path}:{line}", "a key must be a word", "write `key: value`")
        if key in seen:
            remedy = f"it stands in line {seen[key]} too; remove one"
            raise ConfigFault(key, _plain(path, value_node), "is written twice", remedy, f"{path}:{line}")
        seen[key] = line
        yield key, value_node, line


def _plain(path: Path, node: Node) -> object:
    line = node.start_mark.line + 1
    if node.anchor:
        raise ConfigFault(_FILE, f"{path}:{line}", f"has an anchor (&{node.anchor})", "write the value out")
    if isinstance(node, MappingNode):
        return {key: _plain(path, value) for key, value, _ in _entries(path, node)}
    if isinstance(node, SequenceNode):
        return [_plain(path, item) for item in node.value]
    assert isinstance(node, ScalarNode)
    return None if node.value in _NULL_WORDS else str(node.value)
