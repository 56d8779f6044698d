"""What people read of a failure is in words: each handler of the package is held to the one door for them."""

import ast
from collections.abc import Iterator

import pytest

from tests.companions.places import ROOT

PACKAGE = ROOT / "connector"
#: What the system, a library or Python itself raises: its own text holds numbers and names of classes.
FOREIGN = {
    "AttributeError", "ArithmeticError", "BaseException", "ClientError", "EOFError", "Exception", "InvalidOperation",
    "KeyError", "KeyringError", "LookupError", "OSError", "TimeoutError", "TimeoutExpired", "TypeError", "WSError",
}  # fmt: skip
#: A person's own Python is told as Python tells it, and why a compiled module can't be loaded is for who built it.
OF_CODE = {"bot/quoting/strategy_modules.py", "core/twins.py"}
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


def caught(handler: ast.ExceptHandler) -> set[str]:
    """The classes of a handler; a constant of several counts as foreign."""
    return {
        "Exception" if name.isupper() else name
        for node in ast.walk(handler.type or ast.Name("BaseException"))
        for name in (
            [node.id] if isinstance(node, ast.Name) else [node.attr] if isinstance(node, ast.Attribute) else []
        )
    }


def told_as_they_are(tree: ast.AST) -> Iterator[int]:
    """The lines where a foreign failure's own text, or a failure's class, is put into words."""
    for handler in ast.walk(tree):
        if not isinstance(handler, ast.ExceptHandler) or handler.name is None:
            continue
        is_foreign = bool(caught(handler) & FOREIGN)
        for node in ast.walk(handler):
            words: list[ast.expr] = []
            match node:
                case ast.FormattedValue():
                    words = [node.value]
                case ast.Call(func=ast.Name(id="str" | "repr")):
                    words = node.args
                case ast.Call(func=ast.Attribute(value=ast.Name(id="_LOG"))):
                    words = node.args
                case ast.Call(func=ast.Name(id="type"), args=[ast.Name(id=handler.name)]):
                    yield node.lineno
            if is_foreign and any(isinstance(word, ast.Name) and word.id == handler.name for word in words):
                yield node.lineno


@pytest.mark.parametrize("module", sorted(set(MODULES) - OF_CODE))
def test_a_failure_is_told_in_words(module: str) -> None:
    assert list(told_as_they_are(ast.parse((PACKAGE / module).read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    "telling", ["f'no: {error}'", "str(error)", "_LOG.warning('no: %s', error)", "type(error).__name__"]
)
def test_it_would_be_seen(telling: str) -> None:
    text = f"try:\n    pass\nexcept (ValueError, OSError) as error:\n    say({telling})"
    assert list(told_as_they_are(ast.parse(text))) == [4]
