# SPDX-License-Identifier: MIT
"""Reads a log event by event, as the module hotshot.log of Python 2 does.

    for what, (file, line, function), tdelta in LogReader("run.prof"):
        ...

The time that passed before an event, tdelta, is in the log's unit: nanoseconds in the logs of this
package, microseconds in those of Python 2. hotreport reads a log a thousand times faster.
"""
import os.path

__all__ = ["LogReader", "ENTER", "EXIT", "LINE"]

ENTER, EXIT, LINE = 0, 1, 2
_ADD_INFO, _DEFINE_FILE, _LINE_TIMES, _DEFINE_FUNC, _FRAME_TIMES = 0x13, 0x23, 0x33, 0x43, 0x53


class LogReader:
    """Iterates over (what, (file, line, function), tdelta): what is ENTER, EXIT or LINE; line is the
    first line of the function, or the one that is reached; tdelta is 0 if times are not recorded.

    info has what the log says about itself, a list of values for each key. cwd is the directory of
    the recorded program, or None."""

    def __init__(self, logfn):
        self._file = open(logfn, "rb")
        self._filemap = {}
        self._funcmap = {}
        self._stack = []
        self._frametimes, self._linetimes = True, False
        self._header = True
        self.info = self._info = {}
        self.cwd = None
        if self._file.peek(17)[:17] != b"\x13\x0fhotshot-version":
            self._file.close()
            raise IOError("%s is not a hotshot log" % (logfn,))
        self._first = self._read_event()
        self._header = False

    def close(self):
        self._file.close()

    def fileno(self):
        return self._file.fileno()

    def addinfo(self, key, value):
        """Called for information that follows the first event; subclasses may override it."""

    def get_filename(self, fileno):
        return _found(self._filemap, fileno, "unknown fileno")

    def get_filenames(self):
        return list(self._filemap.values())

    def get_fileno(self, filename):
        filename = os.path.normcase(os.path.normpath(filename))
        for fileno, name in self._filemap.items():
            if name == filename:
                return fileno
        raise ValueError("unknown filename")

    def get_funcname(self, fileno, lineno):
        return _found(self._funcmap, (fileno, lineno), "unknown function location")

    def __iter__(self):
        return self

    def __next__(self):
        event = self._first or self._read_event()
        self._first = None
        if event is None:
            raise StopIteration
        what, fileno, lineno, tdelta = event
        if what == ENTER:
            place = self._funcmap.get((fileno, lineno))
            filename, function = place or (self._filemap.get(fileno), None)
            self._stack.append((filename, lineno, function))
            return what, self._stack[-1], tdelta
        if what == EXIT:
            if not self._stack:
                raise StopIteration
            return what, self._stack.pop(), tdelta
        filename, _, function = self._stack[-1] if self._stack else (None, 0, None)
        return what, (filename, lineno, function), tdelta

    next = __next__

    def _read_event(self):
        """Takes definitions up to the next event, which it returns; None: there is none."""
        while True:
            first = self._file.read(1)
            if not first:
                return None
            kind = first[0] & 3
            if kind == ENTER:
                fileno, lineno = self._packed(first[0], 2), self._packed()
                return ENTER, fileno, lineno, self._packed() if self._frametimes else 0
            if kind == EXIT:
                return EXIT, 0, 0, self._packed(first[0], 2)
            if kind == LINE:
                lineno = self._packed(first[0], 2)
                return LINE, 0, lineno, self._packed() if self._linetimes else 0
            self._read_definition(first[0])

    def _read_definition(self, kind):
        if kind == _ADD_INFO:
            key, value = self._string(), self._string()
            self.info.setdefault(key, []).append(value)
            if key == "current-directory":
                self.cwd = value
            if not self._header:
                self.addinfo(key, value)
        elif kind == _DEFINE_FILE:
            fileno = self._packed()
            self._filemap[fileno] = os.path.normcase(os.path.normpath(self._string()))
        elif kind == _DEFINE_FUNC:
            fileno, lineno = self._packed(), self._packed()
            self._funcmap[fileno, lineno] = self._filemap[fileno], self._string()
        elif kind == _LINE_TIMES:
            self._linetimes = self._bytes(1) != b"\0"
        elif kind == _FRAME_TIMES:
            self._frametimes = self._bytes(1) != b"\0"
        else:
            raise ValueError("unknown record type %#x" % kind)

    def _bytes(self, size):
        found = self._file.read(size)
        if len(found) < size:
            raise EOFError("the log ends in the middle of a record")
        return found

    def _string(self):
        return self._bytes(self._packed()).decode("utf-8", "surrogateescape")

    def _packed(self, byte=None, discard=0):
        if byte is None:
            byte = self._bytes(1)[0]
        value, shift = (byte & 0x7F) >> discard, 7 - discard
        while byte & 0x80:
            byte = self._bytes(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
        return value


def _found(known, key, otherwise):
    try:
        return known[key]
    except KeyError:
        raise ValueError(otherwise) from None
