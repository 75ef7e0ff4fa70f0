# SPDX-License-Identifier: MIT
"""Programs of every kind: each function whose name is in PROGRAMS is one, and does the same
whenever it runs."""
import asyncio
import collections
import contextlib
import functools
import json
import re
import sys
import textwrap


def recursion():
    def fib(n):
        return n if n < 2 else fib(n - 1) + fib(n - 2)

    def even(n):
        return n == 0 or odd(n - 1)

    def odd(n):
        return n != 0 and even(n - 1)

    return fib(12), even(51)


def deep_recursion():
    limit = sys.getrecursionlimit()

    def down(n):
        if n:
            return down(n - 1) + 1
        return 0

    sys.setrecursionlimit(12000)
    try:
        return down(10000)
    finally:
        sys.setrecursionlimit(limit)


def generators():
    def count(n):
        for i in range(n):
            try:
                yield i
            finally:
                closed.append(i)

    def nested(n):
        result = yield from count(n)
        yield result

    def catching():
        while True:
            try:
                got = yield
            except KeyError:
                got = "key"
            if got is None:
                return

    closed = []
    total = sum(count(4)) + len(list(nested(3)))
    left_open = nested(5)
    next(left_open)
    left_open.close()
    thrown = catching()
    next(thrown)
    thrown.throw(KeyError("x"))
    with contextlib.suppress(ValueError):
        thrown.throw(ValueError("y"))
    with contextlib.suppress(StopIteration):
        next(count(0))
    held.append(count(3))
    next(held[-1])
    return total, closed


held = []


def coroutines():
    async def work(n):
        for i in range(n):
            await asyncio.sleep(0)
        return n

    async def numbers(n):
        for i in range(n):
            yield i
            await asyncio.sleep(0)

    @contextlib.asynccontextmanager
    async def manager():
        yield 1

    async def main():
        async with manager():
            total = sum([i async for i in numbers(3)])
        failed = work(1)
        failed.close()
        return total + sum(await asyncio.gather(work(1), work(2), work(3)))

    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(main())
    finally:
        loop.close()


def exceptions():
    def fail(n):
        if n == 0:
            raise ValueError(n)
        try:
            fail(n - 1)
        finally:
            passed.append(n)

    def catch(n):
        try:
            fail(n)
        except ValueError as error:
            raise KeyError(n) from error

    passed = []
    for n in range(4):
        try:
            catch(n)
        except KeyError:
            pass
        else:
            passed.append(None)
    with contextlib.suppress(ZeroDivisionError):
        [1 / i for i in (2, 1, 0)]
    return passed


def decorators():
    def twice(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return function(*args, **kwargs) + function(*args, **kwargs)

        return wrapper

    @twice
    @functools.lru_cache(maxsize=None)
    def cached(n):
        return n * n

    @twice
    def plain(n=3, *, m=4):
        return n + m

    return cached(3), cached(3), plain(), plain(1, m=2)


def comprehensions():
    square = lambda x: x * x; double = lambda x: x + x
    rows = [[square(i) for i in range(j)] for j in range(4)]
    pairs = {i: double(i) for i in range(3)}
    return rows, pairs, {i for row in rows for i in row}, sorted(
        range(5),
        key=lambda i: -i,
    ), list(map(square, filter(lambda x: x % 2, range(6))))


def classes():
    class Meta(type):
        def __new__(mcs, name, bases, namespace):
            return super().__new__(mcs, name, bases, namespace)

    class Shape(metaclass=Meta):
        sides = [i for i in range(3)]

        def __init__(self, size):
            self.size = size

        @property
        def area(self):
            return self.size ** 2

        @classmethod
        def unit(cls):
            return cls(1)

        @staticmethod
        def name():
            return "shape"

        def __lt__(self, other):
            return self.area < other.area

        def __getattr__(self, name):
            return name

    class Square(Shape):
        def __init__(self, size):
            super().__init__(size)

    shapes = sorted([Square(3), Square(2), Shape.unit()])
    return [shape.area for shape in shapes], shapes[0].name(), shapes[0].missing


def finalizers():
    class Thing:
        def __del__(self):
            deleted.append(1)

    def count(n):
        try:
            yield n
        finally:
            deleted.append(2)

    deleted = []
    things = [Thing(), Thing()]
    del things
    late = count(2)
    next(late)
    del late
    return deleted


def executed():
    code = textwrap.dedent("""
        def inner(n):
            return n + 1

        total = sum(inner(i) for i in range(3))
    """)
    result = []
    for name in ("one.py", "two.py", "<string>"):
        space = {}
        exec(compile(code, name, "exec"), space)
        result.append(space["total"] + eval("inner(1) + (lambda: 1)()", space))
    Point = collections.namedtuple("Point", "x y")
    return result, Point(1, 2)._replace(x=3)


def matching():
    if sys.version_info < (3, 10):
        return None
    space = {}
    exec(textwrap.dedent("""
        def kind(value):
            match value:
                case [x, *rest] if x:
                    return "list"
                case {"key": x}:
                    return "dict"
                case int() | str():
                    return "scalar"
                case _:
                    return "other"

        found = [kind(value) for value in ([1, 2], [0], {"key": 1}, 3, "x", None)]
    """), space)
    return space["found"]


def control():
    seen = []
    i = 0
    while True:
        i += 1
        if i == 3:
            continue
        if i > 6:
            break
        with contextlib.ExitStack() as stack:
            stack.callback(seen.append, i)
            if i == 5: seen.append("five"); seen.append("more")
        for j in range(2):
            pass
        else:
            seen.append(-i)
    assert seen, \
        "never"
    x = (1 if i
         else 2)
    del x
    return seen


def library():
    text = json.dumps({"a": [1, 2.5, None, {"b": "c" * 20}] * 5}, indent=1, sort_keys=True)
    words = re.findall(r"\b(\w+)\b", text)
    counted = collections.Counter(words).most_common(3)
    return textwrap.fill(" ".join(words), 30), counted, json.loads(text) == json.loads(text)


PROGRAMS = {function.__name__: function for function in (
    recursion, deep_recursion, generators, coroutines, exceptions, decorators, comprehensions,
    classes, finalizers, executed, matching, control, library)}
