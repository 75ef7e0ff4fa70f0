# SPDX-License-Identifier: MIT
"""What packaging/demo records: formulas are made, parsed, evaluated in two threads, and ranked."""
import random
import threading


class Parser:
    """Recursive descent: sum = product (+ product)..., product = atom (* atom)..."""

    def __init__(self, text):
        self.tokens = text.replace("(", " ( ").replace(")", " ) ").split()
        self.at = 0

    def take(self):
        token = self.tokens[self.at]
        self.at += 1
        return token

    def next_is(self, token):
        return self.at < len(self.tokens) and self.tokens[self.at] == token

    def sum(self):
        tree = self.product()
        while self.next_is("+"):
            self.take()
            tree = "+", tree, self.product()
        return tree

    def product(self):
        tree = self.atom()
        while self.next_is("*"):
            self.take()
            tree = "*", tree, self.atom()
        return tree

    def atom(self):
        token = self.take()
        if token == "(":
            tree = self.sum()
            self.take()
            return tree
        return int(token)


def formula(depth):
    if depth == 0:
        return str(random.randrange(1, 9))
    parts = [formula(depth - 1) for _ in range(random.randrange(1, 4))]
    return "(" + random.choice([" + ", " * "]).join(parts) + ")"


def evaluate(tree):
    if isinstance(tree, int):
        return tree
    operator, left, right = tree
    left, right = evaluate(left), evaluate(right)
    return left + right if operator == "+" else left * right % 1000003


def insertion_sort(values):
    """Deliberately slow: the lines of the inner loop are what the profile shows first."""
    for i in range(1, len(values)):
        value = values[i]
        while i > 0 and values[i - 1] > value:
            values[i] = values[i - 1]
            i -= 1
        values[i] = value
    return values


def work(formulas, results):
    for text in formulas:
        results.append(evaluate(Parser(text).sum()))


def main():
    random.seed(1)
    formulas = [formula(4) for _ in range(1000)]
    results = [], []
    threads = [threading.Thread(target=work, args=(formulas[i::2], results[i])) for i in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ranked = insertion_sort(results[0] + results[1])
    print("%d formulas, from %d to %d" % (len(ranked), ranked[0], ranked[-1]))


if __name__ == "__main__":
    main()
