# SPDX-License-Identifier: MIT
# hotreport and describe with a format and a report more: what the two files and the two rows of
# this folder lead to.
add_library(toy OBJECT ${PROJECT_SOURCE_DIR}/core/formats.c ${PROJECT_SOURCE_DIR}/reports/report_table.c
            toy/read_toy.c toy/report_toy.c)
target_include_directories(toy PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_compile_definitions(toy PRIVATE
    HP_FORMATS="toy/toy_formats.def" HP_REPORTS="toy/toy_reports.def")
target_link_libraries(toy PRIVATE hotreport_reports hp_warnings)

file(GLOB command CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/reports/command/*.c)
add_executable(toy_hotreport ${command})
set_target_properties(toy_hotreport PROPERTIES
    OUTPUT_NAME hotreport RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/toy)
add_executable(toy_describe ${PROJECT_SOURCE_DIR}/packaging/describe.c)
set_target_properties(toy_describe PROPERTIES
    OUTPUT_NAME describe RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/toy)
foreach(program toy_hotreport toy_describe)
    target_link_libraries(${program} PRIVATE toy hotreport_reports hp_warnings Threads::Threads)
endforeach()
