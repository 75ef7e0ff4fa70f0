# SPDX-License-Identifier: MIT
"""Types into an interactive shell, and prints the words of the command line that comes out.

usage: complete.py bash|zsh COMPLETION KEYS

COMPLETION is the completion's file. In KEYS a tab completes, and ^A inserts all that is possible.
PATH says which hotreport is asked.
"""
import os
import pty
import select
import sys
import tempfile
import time

SETUP = {
    "bash": r"""
PS1='ready> '
bind 'set enable-bracketed-paste off'
bind '"\C-a": insert-completions'
bind '"\C-b": beginning-of-line'
. /usr/share/bash-completion/bash_completion
. "$COMPLETION"
""",
    "zsh": r"""
PS1='ready> '
unsetopt zle_bracketed_paste 2>/dev/null; unset zle_bracketed_paste
fpath=("${COMPLETION:h}" $fpath)
autoload -Uz compinit && compinit -u -D
zle -C all-matches complete-word _generic
bindkey -e '^A' all-matches '^B' beginning-of-line
zstyle ':completion:all-matches::::' completer _all_matches _complete
zstyle ':completion:all-matches:*' insert true
""",
}


def read_until(terminal, mark):
    """What the terminal shows until it shows the mark."""
    shown, end = b"", time.monotonic() + 600
    while mark not in shown:
        if not select.select([terminal], [], [], max(0, end - time.monotonic()))[0]:
            sys.exit("expected %r, found %r" % (mark, shown))
        shown += os.read(terminal, 4096)
    return shown


def main():
    shell, completion, keys = sys.argv[1:]
    with tempfile.TemporaryDirectory() as home:
        with open(os.path.join(home, "." + shell + "rc"), "w") as setup:
            setup.write(SETUP[shell])
        pid, terminal = pty.fork()
        if pid == 0:
            os.environ.update(HOME=home, ZDOTDIR=home, COMPLETION=completion, TERM="dumb")
            os.execvp(shell, [shell, "-i"])
        read_until(terminal, b"ready> ")
        os.write(terminal, keys.replace("^A", "\1").encode())
        os.write(terminal, b"\2printf '[%s]\\n' \5 end\r")
        shown = read_until(terminal, b"[end]").decode()
        os.write(terminal, b"\3\4")
        os.close(terminal)
        os.waitpid(pid, 0)
    print(*[line[1:-1] for line in shown.splitlines() if line.startswith("[")][:-1], sep="\n")


main()
