# SPDX-License-Identifier: MIT
# The recorder is an extension module of the python3 that is found.
find_package(Python3 3.8 QUIET COMPONENTS Interpreter Development.Module)
if(Python3_Development.Module_FOUND)
    include(CheckCSourceCompiles)
    set(CMAKE_REQUIRED_INCLUDES ${Python3_INCLUDE_DIRS})
    check_c_source_compiles("
        #include <Python.h>
        #ifdef Py_GIL_DISABLED
        #error
        #endif
        int main(void) { return 0; }" HP_PYTHON_COMPILES)
    unset(CMAKE_REQUIRED_INCLUDES)
endif()
if(NOT HP_PYTHON_COMPILES)
    set(HP_PYTHON_LACKS "Python 3.8 or newer with its development files (Debian's python3-dev)")
endif()
