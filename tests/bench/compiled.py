"""The compiled feed under the floor's stopwatch: its driver is built on the spot, for no bot needs one."""

import importlib.util
from pathlib import Path
from types import ModuleType

from setuptools import Distribution, Extension
from setuptools.errors import CompileError, ExecError

from connector.core.twins import COMPILED
from tests.companions.places import ROOT

SOURCE = Path(__file__).with_name("drive.pyx")


def build(folder: Path) -> ModuleType | None:
    """The driver, made in `folder`; None where the product's own compiled parts were not built, or no compiler is."""
    if not COMPILED:
        return None
    from Cython.Build import cythonize

    source = folder / SOURCE.name
    source.write_text(SOURCE.read_text())
    extension = Extension("drive", [str(source)], include_dirs=[str(SOURCE.parent)], extra_compile_args=["-O3"])
    directives = {"language_level": 3, "boundscheck": False, "wraparound": False}
    made = cythonize([extension], include_path=[str(ROOT)], compiler_directives=directives, quiet=True)
    command = Distribution({"ext_modules": made}).get_command_obj("build_ext")
    command.build_lib, command.build_temp = str(folder), str(folder / "build")
    command.ensure_finalized()
    try:
        command.run()
    except (CompileError, ExecError):
        return None
    spec = importlib.util.spec_from_file_location("drive", command.get_ext_fullpath("drive"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
