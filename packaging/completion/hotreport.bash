# SPDX-License-Identifier: MIT
# Completion for bash: what hotreport --help, read from standard input, tells of options and reports.

# What may follow the option $1: FILE, DIR, or words to choose from.
_hotreport_values()
{
    awk -v option="$1" '
        /^ +-/ { on = $0 ~ "^ +(-., )?" option "[=,]" }
        !NF { on = 0 }
        on && match($0, /=[A-Z]+/) { value = substr($0, RSTART + 1, RLENGTH - 1) }
        on { text = text " " $0 }
        /^Reports:/ { reports = 1; next }
        !NF { reports = 0 }
        reports { names = names " " $1 }
        END {
            gsub(/ +/, " ", text)
            # "order of the flat profile: self, inclusive, calls or name"
            if (match(text, /: ([a-z0-9]+, )*[a-z0-9]+ or [a-z0-9]+$/)) {
                value = substr(text, RSTART + 2)
                gsub(/,| or /, " ", value)
            }
            print value == "FORMAT" ? names : value
        }'
}

# The long options; = behind those that take a value.
_hotreport_options()
{
    sed -n 's/^ \{2,\}\(-., \)\{0,1\}\(--[a-z-]*=\{0,1\}\).*/\2/p'
}

_hotreport()
{
    local cur prev words cword split help values
    _init_completion -s || return
    help=$("$1" --help 2>/dev/null) || return

    values=$(_hotreport_values "$prev" <<<"$help")
    case $values in
        FILE) _filedir ;;
        DIR) _filedir -d ;;
        *[a-z]*) COMPREPLY=($(compgen -W "$values" -- "$cur")) ;;
        "")
            if [[ $cur == -* ]]; then
                COMPREPLY=($(compgen -W "$(_hotreport_options <<<"$help")" -- "$cur"))
                [[ ${COMPREPLY-} == *= ]] && compopt -o nospace
            else
                _filedir
            fi
            ;;
    esac
} &&
    complete -F _hotreport hotreport hotshot2cachegrind hotshot2calltree
