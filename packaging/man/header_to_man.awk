# SPDX-License-Identifier: MIT
# Makes the manual page of a library from its public header, whose comments are the manual, and an
# example:
#
#     awk -v version=1.0.0 -v date=2026-11-25 -f header_to_man.awk core/hotprof.h example.c
#
# The header's first comment begins with "name: what it is" and is the description. A comment
# --- Name --- begins a section. Any other comment is the text of the declarations between it and the
# next blank line; a comment after a member of a struct or enum is the text of the member.

function roff(text)
{
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    gsub(/"/, "\\(dq", text)
    return text ~ /^[.']/ ? "\\&" text : text
}

function trim(text)
{
    gsub(/[ \t\n]+/, " ", text)
    gsub(/^ | $/, "", text)
    return text
}

# Prints the paragraphs of a comment, its items, which begin with a dash, and its indented lines of
# code. The request "before" comes first.
function print_text(text, before,    lines, count, i, in_code)
{
    count = split(text, lines, "\n")
    for (i = 1; i <= count; i++) {
        if ((lines[i] ~ /^    /) != in_code) {
            in_code = !in_code
            print in_code ? (i == 1 ? "" : ".PP\n") ".EX" : ".EE"
        }
        if (in_code) {
            print roff(lines[i])
        } else if (lines[i] == "") {
            before = ".PP\n"
        } else {
            if (sub(/^- /, "", lines[i]))
                before = ".IP \\(bu 2\n"
            printf "%s", before
            before = ""
            print roff(trim(lines[i]))
        }
    }
}

# Removes from the start of code what the pattern matches, and returns it.
function take(pattern,    taken)
{
    if (!match(code, "^" pattern) || RLENGTH == 0) {
        print FILENAME ":" FNR ": not a declaration: " code >"/dev/stderr"
        failed = 1
        exit 1
    }
    taken = substr(code, 1, RLENGTH)
    code = substr(code, RLENGTH + 1)
    sub(/^[ \n]+/, "", code)
    return taken
}

function print_declaration(text)
{
    gsub(/HP_API |HP_NODISCARD |HP_PRINTF\([^)]*\) /, "", text)
    print ".HP 4\n\\fB" roff(trim(text)) "\\fR"
}

function print_member(separator,    text)
{
    if (code ~ /^\/\*/) {
        text = take("/\\* ([^*]|\\*[^/])*\\*/")
        print roff(trim(substr(text, 4, length(text) - 5)))
    } else {
        print ".TP\n\\fB" roff(trim(take("([^}/" separator "]|/[^*])*" separator "?"))) "\\fR"
    }
}

function print_declarations(    is_enum)
{
    while (code != "") {
        if (code ~ /^#/) {
            print_declaration(take("[^\n]*"))
        } else if (sub(/^static inline /, "", code)) {
            print_declaration(trim(take("[^{]*")) ";")
            take("[{][^}]*[}]")
        } else if (code ~ /^[^;]*[{]/) {
            is_enum = code ~ /^[^{]*enum/
            print_declaration(take("[^{]*[{]"))
            print ".RS 4\n.PD 0"
            while (code !~ /^[}]/)
                print_member(is_enum ? "," : ";")
            print ".PD\n.RE"
            print_declaration(take("[^;]*;"))
        } else {
            print_declaration(take("[^;]*;"))
        }
    }
}

function print_description(text,    colon)
{
    colon = index(text, ":")
    name = substr(text, 1, colon - 1)
    printf ".TH %s 3 %s \"%s %s\"\n.nr HY 0\n.nh\n.ad l\n", toupper(name), date, name, version
    printf ".SH NAME\n%s \\- %s\n", name, roff(substr(text, colon + 2, index(text, "\n") - colon - 3))
    printf ".SH SYNOPSIS\n.B #include <%s.h>\n.PP", name
    printf "\ncc program.c $(pkg\\-config \\-\\-cflags \\-\\-libs %s)\n", name
    printf ".PP\nWith CMake:\n.PP\n.EX\nfind_package(%s REQUIRED)\n", name
    printf "target_link_libraries(program PRIVATE %s::%s)\n.EE\n.PP\n", name, name
    printf "%s::%s_static is the static library.\n", name, name
    print ".SH DESCRIPTION"
    print_text(substr(text, index(text, "\n") + 2), "")
}

function print_chunk()
{
    if (name == "" && comment != "") {
        print_description(comment)
    } else if (comment ~ /^--- /) {
        gsub(/^-+ | -+$/, "", comment)
        print ".SH " toupper(comment)
        in_front = ""
    } else if (code == "" && comment != "") {
        print_text(comment, in_front)
        in_front = ".PP\n"
    } else if (code ~ /^(typedef|static inline|#define HP_[A-Z_]+ |HP_)/) {
        print_declarations()
        if (comment != "") {
            print ".RS 4"
            print_text(comment, ".PP\n")
            print ".RE"
        }
        in_front = ".PP\n"
    }
    comment = code = ""
}

FNR == 1 && NR > 1 {
    print_chunk()
    print ".SH EXAMPLE\n.EX"
    in_example = 1
}

/^\/\// { next }

in_example { print roff($0); next }

/^\/\*/ {
    in_comment = 1
    sub(/^\/\* ?/, "")
}

in_comment {
    in_comment = !sub(/ *\*\/$/, "")
    sub(/^ \* ?/, "")
    comment = comment (comment == "" ? "" : "\n") $0
    next
}

/^$/ { print_chunk(); next }

# A line that goes on is one with the next.
{ code = code (sub(/ *\\$/, " ") ? $0 : $0 "\n") }

END {
    if (!failed)
        printf ".EE\n.SH SEE ALSO\n.BR hotreport (1),\n.BR %s (7)\n", name
}
