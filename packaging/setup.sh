# SPDX-License-Identifier: MIT
# Functions for the scripts beside it, which source this file.

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        command -v sudo >/dev/null || {
            echo "$0: needs root or sudo for: $*" >&2
            return 1
        }
        sudo "$@"
    fi
}

# need PACKAGE...: installs those of Debian's packages that are missing.
need() {
    local missing=() package log
    for package in "$@"; do
        dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
            missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    echo "Installing ${missing[*]}"
    log=$(mktemp)
    {
        as_root apt-get -q update &&
            as_root env DEBIAN_FRONTEND=noninteractive \
                apt-get -q install -y --no-install-recommends "${missing[@]}"
    } 2>&1 | tee "$log" | show_apt_progress || {
        cat "$log" >&2
        rm -f "$log"
        return 1
    }
    rm -f "$log"
}

# On a terminal, shows in one line what apt is doing.
show_apt_progress() {
    local line
    while IFS= read -r line; do
        [[ -t 1 && $line =~ ^(Get:|Unpacking |Setting up ) ]] && printf '\r%-79.79s' "$line"
    done
    [ ! -t 1 ] || printf '\r%-79s\r' ''
}

# Prints the package with the private headers of the Qt that Debian's KCachegrind uses.
kcachegrind_qt_headers() {
    local qt
    qt=$(apt-cache depends kcachegrind 2>/dev/null | sed -n 's/.* libqt\([56]\)core.*/\1/p')
    case $qt in
    5) echo qtbase5-private-dev ;;
    6) echo qt6-base-private-dev ;;
    *)
        echo "$0: apt knows no package kcachegrind that uses Qt 5 or 6: apt-get update?" >&2
        return 1
        ;;
    esac
}

# Runs a command, and shows its output only if it fails.
quietly() {
    local log
    log=$(mktemp)
    "$@" >"$log" 2>&1 || {
        cat "$log" >&2
        rm -f "$log"
        return 1
    }
    rm -f "$log"
}

# install_commands TREE: prints the commands that README.md has in the first block under "Install".
install_commands() {
    sed -n '/^## Install/,/^|/s/^    \([^#]*[^# ]\) *\(#.*\)\?$/\1/p' "$1/README.md"
}
