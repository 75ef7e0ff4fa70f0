# SPDX-License-Identifier: MIT
# The tests of the recorder, which are programs for Python. They run under the python3 that the
# recorder is built for, and under every other python3.N that is found and has development files.
set(pythons "") # TAG=EXECUTABLE=DIRECTORY OF THE MODULE, separated by blanks
set(recorders "")
if(HP_PYTHON)
    set(tag ${Python3_VERSION_MAJOR}_${Python3_VERSION_MINOR})
    set(pythons "${tag}=${Python3_EXECUTABLE}=${PROJECT_BINARY_DIR}/python")
    set(tags ${tag})
    set(recorders hotshot)
endif()

# hp_recorder(PYTHON): builds the recorder for it, unless there is one for that version already.
function(hp_recorder python)
    execute_process(COMMAND ${python} -c "if True:
        import sys, sysconfig
        version = sys.version_info
        if version >= (3, 8) and not sysconfig.get_config_var('Py_GIL_DISABLED'):
            print('%d_%d%s;%s;%s' % (version[0], version[1], sys.abiflags,
                                     sysconfig.get_paths()['include'],
                                     sysconfig.get_config_var('EXT_SUFFIX')), end='')"
        OUTPUT_VARIABLE found ERROR_QUIET RESULT_VARIABLE status)
    list(LENGTH found length)
    if(NOT status EQUAL 0 OR NOT length EQUAL 3)
        return()
    endif()
    list(GET found 0 tag)
    list(GET found 1 include)
    list(GET found 2 suffix)
    if(tag IN_LIST tags OR NOT EXISTS ${include}/Python.h)
        return()
    endif()
    set(directory ${CMAKE_CURRENT_BINARY_DIR}/python/${tag})
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/plugins/python/*.c)
    add_library(hotshot_${tag} MODULE ${sources})
    target_include_directories(hotshot_${tag} SYSTEM PRIVATE ${include})
    set_target_properties(hotshot_${tag} PROPERTIES PREFIX "" OUTPUT_NAME _hotshot SUFFIX ${suffix}
        LIBRARY_OUTPUT_DIRECTORY ${directory}/hotshot)
    target_compile_options(hotshot_${tag} PRIVATE -O2)
    if(tag MATCHES d$) # Debian's headers do not say it
        target_compile_definitions(hotshot_${tag} PRIVATE Py_DEBUG=1)
    endif()
    target_link_libraries(hotshot_${tag} PRIVATE hotreport_reports hp_warnings)
    target_link_options(hotshot_${tag} PRIVATE LINKER:--exclude-libs,ALL)
    file(GLOB modules CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/plugins/python/hotshot/*.py)
    foreach(module IN LISTS modules)
        get_filename_component(name ${module} NAME)
        configure_file(${module} ${directory}/hotshot/${name} COPYONLY)
    endforeach()
    set(tags ${tags} ${tag} PARENT_SCOPE)
    set(recorders ${recorders} hotshot_${tag} PARENT_SCOPE)
    set(pythons "${pythons} ${tag}=${python}=${directory}" PARENT_SCOPE)
endfunction()

if(HP_PYTHON AND NOT HP_SANITIZE)
    file(GLOB candidates $ENV{HOME}/.pyenv/versions/3.*/bin/python3)
    foreach(minor RANGE 8 15)
        foreach(kind "" -dbg)
            find_program(HP_PYTHON_3_${minor}${kind} python3.${minor}${kind})
            if(HP_PYTHON_3_${minor}${kind})
                list(APPEND candidates ${HP_PYTHON_3_${minor}${kind}})
            endif()
        endforeach()
    endforeach()
    foreach(python IN LISTS candidates)
        hp_recorder(${python})
    endforeach()
endif()

# A Python without sanitizers can load a module that has them if their library is there first.
set(preload "")
if(HP_SANITIZE)
    set(library libasan.so)
    if(CMAKE_C_COMPILER_ID MATCHES Clang)
        set(library libclang_rt.asan-${CMAKE_SYSTEM_PROCESSOR}.so)
    endif()
    execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=${library}
        OUTPUT_VARIABLE preload OUTPUT_STRIP_TRAILING_WHITESPACE)
endif()

file(GLOB modules CONFIGURE_DEPENDS python/test_*.py)
list(TRANSFORM modules REPLACE ".*/test_(.*)[.]py" "\\1")
list(JOIN modules " " modules)
hp_test(recorder_test e2e python/recorder_test.cpp)
target_compile_definitions(recorder_test PRIVATE
    HP_PYTHONS="${pythons}" HP_PYTHON_MODULES="${modules}" HP_PRELOAD="${preload}")
if(recorders)
    add_dependencies(recorder_test ${recorders})
endif()
