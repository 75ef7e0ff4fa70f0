# SPDX-License-Identifier: MIT
"""The extension module, of this folder's sources and those of the library. For pip."""
import atexit
import glob
import os
import shutil
import tempfile

from setuptools import Extension, setup

# The paths of sources must be relative, and lead out of this folder.
os.chdir(os.path.dirname(os.path.abspath(__file__)))
sources = [source for pattern in ("*.c", "../../core/*.c", "../../core/*/*.c", "../../reports/*.c",
                                  "../../reports/*/*.c")
           for source in sorted(glob.glob(pattern))
           if not source.startswith(("../../reports/command/", "../../reports/drawing/"))]
# Objects of sources that are two folders up would be put two folders up, too.
scratch = tempfile.mkdtemp()
atexit.register(shutil.rmtree, scratch)
setup(options={"build": {"build_base": scratch + "/build/base"}, "egg_info": {"egg_base": scratch}},
      ext_modules=[Extension(
    "hotshot._hotshot", sources, include_dirs=["../../core", "../../reports"],
    define_macros=[("_POSIX_C_SOURCE", "200809L"), ("_FILE_OFFSET_BITS", "64")],
    extra_compile_args=["-std=c11", "-fvisibility=hidden", "-fno-tree-slp-vectorize"],
    libraries=["z", "m", "dl", "pthread"])])
