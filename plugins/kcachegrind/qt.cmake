# SPDX-License-Identifier: MIT
# Finds the Qt of this system's KCachegrind, for which the plugin must be built. Sets HP_QT_VERSION, 5 or
# 6, unless it is set, and HP_PLUGIN_LACKS to what is missing.

# Sets RESULT to 5 or 6, and HOW to how that is known; RESULT is empty if it is not known.
function(hp_kcachegrind_qt result how)
    find_program(HP_KCACHEGRIND NAMES kcachegrind qcachegrind)
    mark_as_advanced(HP_KCACHEGRIND)
    if(HP_KCACHEGRIND)
        file(STRINGS ${HP_KCACHEGRIND} needs REGEX "^libQt[56]Core")
        set(from ${HP_KCACHEGRIND})
    else() # Debian's package, before it is installed
        find_program(HP_APT_CACHE apt-cache)
        mark_as_advanced(HP_APT_CACHE)
        if(HP_APT_CACHE)
            execute_process(COMMAND ${HP_APT_CACHE} depends kcachegrind OUTPUT_VARIABLE needs
                            ERROR_QUIET)
            set(from "the package kcachegrind")
        endif()
    endif()
    if(needs MATCHES "lib[Qq]t([56])[Cc]ore")
        set(${result} ${CMAKE_MATCH_1} PARENT_SCOPE)
        set(${how} ${from} PARENT_SCOPE)
    endif()
endfunction()

hp_kcachegrind_qt(HP_KCACHEGRIND_QT HP_KCACHEGRIND_QT_FROM)
if(DEFINED HP_QT_VERSION)
    if(HP_KCACHEGRIND_QT AND NOT HP_KCACHEGRIND_QT EQUAL HP_QT_VERSION)
        message(WARNING "HP_QT_VERSION is ${HP_QT_VERSION}, but KCachegrind uses Qt "
                        "${HP_KCACHEGRIND_QT} (${HP_KCACHEGRIND_QT_FROM}): it will not load the plugin")
    endif()
elseif(HP_KCACHEGRIND_QT)
    set(HP_QT_VERSION ${HP_KCACHEGRIND_QT})
    message(STATUS "KCachegrind uses Qt ${HP_QT_VERSION} (${HP_KCACHEGRIND_QT_FROM})")
else() # KCachegrind uses Qt 6 since its version 24.02
    find_package(Qt6 QUIET COMPONENTS Core) # one Qt in a build: two would interfere
    set(HP_QT_VERSION 6)
    if(NOT Qt6_FOUND)
        find_package(Qt5 QUIET COMPONENTS Core)
        if(Qt5_FOUND)
            set(HP_QT_VERSION 5)
        endif()
    endif()
    message(STATUS "KCachegrind is not installed: Qt ${HP_QT_VERSION} is assumed")
endif()

set(qt Qt${HP_QT_VERSION})
if(HP_QT_VERSION EQUAL 5)
    find_package(Qt5 5.15 QUIET COMPONENTS Core Gui Widgets)
    set(package qtbase5-private-dev)
else()
    find_package(Qt6 6.4 QUIET COMPONENTS Core Gui Widgets)
    set(package qt6-base-private-dev)
endif()
if(${qt}_FOUND AND NOT TARGET ${qt}::CorePrivate)
    set(QT_NO_PRIVATE_MODULE_WARNING ON)
    find_package(${qt}CorePrivate QUIET) # from Qt 6.10 on
endif()
if(NOT TARGET ${qt}::CorePrivate)
    set(HP_PLUGIN_LACKS "Qt ${HP_QT_VERSION} with its private headers (Debian's ${package})")
endif()
