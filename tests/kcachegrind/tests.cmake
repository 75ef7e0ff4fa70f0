# SPDX-License-Identifier: MIT
# The tests of the KCachegrind plugin.
add_executable(plugin_engine_test kcachegrind/plugin_engine_test.cpp)
target_link_libraries(plugin_engine_test PRIVATE profile_file_engine hp_test_support)
hp_discover(plugin_engine_test unit)

if(HP_SANITIZE) # KCachegrind itself has no sanitizers
    return()
endif()

set(test_plugins ${CMAKE_CURRENT_BINARY_DIR}/plugins)
add_library(kcachegrind_dump MODULE kcachegrind/kcachegrind_dump/kcachegrind_dump.cpp)
set_target_properties(kcachegrind_dump PROPERTIES AUTOMOC ON
    LIBRARY_OUTPUT_DIRECTORY ${test_plugins}/generic)
target_link_libraries(kcachegrind_dump PRIVATE Qt${HP_QT_VERSION}::Widgets hp_warnings)

add_executable(qt_program kcachegrind/qt_program.cpp)
target_link_libraries(qt_program PRIVATE Qt${HP_QT_VERSION}::Gui hp_warnings)

foreach(misfit other_version no_handlers)
    add_library(${misfit} MODULE kcachegrind/misfit/${misfit}.c)
    target_link_libraries(${misfit} PRIVATE hp_warnings)
endforeach()

set_source_files_properties(kcachegrind/stuck/stuck.c PROPERTIES
    COMPILE_OPTIONS -fvisibility=default) # or it would not be found in place of glibc's
add_library(stuck MODULE kcachegrind/stuck/stuck.c)

hp_test(kcachegrind_test e2e kcachegrind/kcachegrind_e2e_test.cpp
        kcachegrind/plugin_inert_e2e_test.cpp kcachegrind/desktop_e2e_test.cpp)
target_compile_definitions(kcachegrind_test PRIVATE
    HP_BUILD_DIR="${PROJECT_BINARY_DIR}" HP_PLUGINS="${PROJECT_BINARY_DIR}/plugins" HP_TEST_PLUGINS="${test_plugins}"
    HP_DESKTOP="${PROJECT_BINARY_DIR}/packaging/desktop"
    HP_QT_PROGRAM="$<TARGET_FILE:qt_program>"
    HP_QT_BUILT_WITH="${Qt${HP_QT_VERSION}_VERSION}"
    HP_OTHER_VERSION="$<TARGET_FILE:other_version>" HP_NO_HANDLERS="$<TARGET_FILE:no_handlers>"
    HP_STUCK="$<TARGET_FILE:stuck>"
    HP_QT_LOADS_IMAGE_FORMATS=$<VERSION_LESS:${Qt${HP_QT_VERSION}_VERSION},6.9>
    HP_QT_LISTS_ANY_NAME=$<VERSION_LESS:${Qt${HP_QT_VERSION}_VERSION},6.8>
    HP_PYTHON="$<$<BOOL:${HP_PYTHON}>:${Python3_EXECUTABLE}>"
    HP_RECORDER="$<$<BOOL:${HP_PYTHON}>:${PROJECT_BINARY_DIR}/python>")
if(HP_PYTHON)
    add_dependencies(kcachegrind_test hotshot)
endif()
add_dependencies(kcachegrind_test manual kcachegrind_dump qt_program other_version no_handlers stuck
    hotprof_accessiblebridge hotprof_generic hotprof_imageformats)
