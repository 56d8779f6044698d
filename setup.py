"""Builds the compiled twins; a machine that cannot build all of them installs the plain ones instead.

Each extension is optional: when it cannot be built the build says so and goes on, and `connector/core/twins.py` then
loads the plain twin of every room. `CONNECTOR_PLAIN=1` builds none.
"""

import os
from importlib.util import find_spec
from pathlib import Path

from setuptools import Extension, setup

SOURCES = sorted(Path("connector").glob("*/compiled/*.pyx"))


def extensions() -> list[Extension]:
    if os.environ.get("CONNECTOR_PLAIN") or not find_spec("picows"):  # the listener needs picows' declarations
        return []
    from Cython.Build import cythonize

    declarations = [*map(str, Path("connector").glob("*/compiled/*.pxd")), *map(str, Path("connector").rglob("c/*.h"))]
    modules = [
        Extension(
            ".".join(source.with_suffix("").parts),
            [str(source)],
            extra_compile_args=["-O3"],
            include_dirs=[str(source.parent)],
            depends=declarations,
        )
        for source in SOURCES
    ]
    directives = {"language_level": 3, "boundscheck": False, "wraparound": False, "cdivision": True}
    built: list[Extension] = cythonize(modules, compiler_directives=directives)
    for extension in built:
        extension.optional = True  # cythonize makes new extensions and drops this
    return built


setup(ext_modules=extensions())
