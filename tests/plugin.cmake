# SPDX-License-Identifier: MIT
# The tests of the KCachegrind plugin.
add_executable(plugin_engine_test plugin_engine_test.cpp)
target_link_libraries(plugin_engine_test PRIVATE profile_file_engine hp_test_support)
gtest_discover_tests(plugin_engine_test DISCOVERY_TIMEOUT 60 PROPERTIES LABELS unit TIMEOUT 120)

set(test_plugins ${CMAKE_CURRENT_BINARY_DIR}/plugins)
add_library(kcachegrind_dump MODULE kcachegrind_dump/kcachegrind_dump.cpp)
set_target_properties(kcachegrind_dump PROPERTIES AUTOMOC ON
    LIBRARY_OUTPUT_DIRECTORY ${test_plugins}/generic)
target_link_libraries(kcachegrind_dump PRIVATE Qt${HP_QT_VERSION}::Widgets hp_warnings)

hp_test(kcachegrind_e2e_test e2e kcachegrind_e2e_test.cpp)
target_compile_definitions(kcachegrind_e2e_test PRIVATE
    HP_PLUGINS="${PROJECT_BINARY_DIR}/plugins" HP_TEST_PLUGINS="${test_plugins}")
add_dependencies(kcachegrind_e2e_test kcachegrind_dump hotprof_imageformats hotprof_generic)

add_executable(qt_program qt_program.cpp)
target_link_libraries(qt_program PRIVATE Qt${HP_QT_VERSION}::Gui hp_warnings)
hp_test(plugin_inert_test e2e plugin_inert_test.cpp)
target_compile_definitions(plugin_inert_test PRIVATE
    HP_PLUGINS="${PROJECT_BINARY_DIR}/plugins" HP_QT_PROGRAM="$<TARGET_FILE:qt_program>")
add_dependencies(plugin_inert_test qt_program hotprof_imageformats)

hp_test(desktop_test e2e desktop_test.cpp)
