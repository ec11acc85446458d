"""test and [ (bash(1), CONDITIONAL EXPRESSIONS)."""

import operator
import posixpath
import re
from collections.abc import Callable, Mapping, Sequence

from xsbond.lab.dom0.files import FileTree
from xsbond.lab.shell.machine import UsageError

FileTest = Callable[[FileTree, str], bool]

_FILE_TESTS: Mapping[str, FileTest] = {
    "-e": FileTree.exists,
    "-a": FileTree.exists,
    "-f": FileTree.is_file,
    "-d": FileTree.is_directory,
    "-r": FileTree.exists,
    "-w": lambda files, path: files.exists(path) and not path.startswith(("/sys/", "/proc/")),
    "-x": lambda files, path: path in files.programs or files.is_directory(path),
    "-s": lambda files, path: files.is_file(path) and _has_text(files, path),
    "-L": lambda _, __: False,
    "-h": lambda _, __: False,
}
_TEXT_TESTS: Mapping[str, Callable[[str], bool]] = {"-z": operator.not_, "-n": bool}
_TEXT_COMPARISONS: Mapping[str, Callable[[str, str], bool]] = {
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
}
_NUMBER_COMPARISONS: Mapping[str, Callable[[int, int], bool]] = {
    "-eq": operator.eq,
    "-ne": operator.ne,
    "-lt": operator.lt,
    "-le": operator.le,
    "-gt": operator.gt,
    "-ge": operator.ge,
}


def _has_text(files: FileTree, path: str) -> bool:
    try:
        return bool(files.read(path))
    except OSError:
        return False


def _number(text: str) -> int:
    if not re.fullmatch(r"\s*[-+]?\d+\s*", text):
        raise UsageError(f"{text}: integer expression expected")
    return int(text)


def _unary(files: FileTree, directory: str, symbol: str, operand: str) -> bool:
    if symbol in _TEXT_TESTS:
        return _TEXT_TESTS[symbol](operand)
    if symbol in _FILE_TESTS:
        return bool(operand) and _FILE_TESTS[symbol](files, posixpath.join(directory, operand))
    raise UsageError(f"{symbol}: unary operator expected")


def _compare(left: str, symbol: str, right: str) -> bool:
    if symbol in _TEXT_COMPARISONS:
        return _TEXT_COMPARISONS[symbol](left, right)
    if symbol in _NUMBER_COMPARISONS:
        return _NUMBER_COMPARISONS[symbol](_number(left), _number(right))
    raise UsageError(f"{symbol}: binary operator expected")


class _Expression:
    """The operands of test, read from left to right: -o binds least, then -a, then !."""

    def __init__(self, files: FileTree, directory: str, arguments: Sequence[str]) -> None:
        self._files, self._directory, self._left = files, directory, list(arguments)

    def value(self) -> bool:
        """Return the truth of all operands; UsageError if they make no sense."""
        found = self._either()
        if self._left:
            raise UsageError("too many arguments")
        return found

    def _take(self) -> str:
        if not self._left:
            raise UsageError("argument expected")
        return self._left.pop(0)

    def _either(self) -> bool:
        found = self._both()
        while self._left[:1] == ["-o"]:
            self._take()
            found = self._both() or found
        return found

    def _both(self) -> bool:
        found = self._one()
        while self._left[:1] == ["-a"]:
            self._take()
            found = self._one() and found
        return found

    def _one(self) -> bool:
        known = {*_TEXT_COMPARISONS, *_NUMBER_COMPARISONS}
        if self._left[1:2] and self._left[1] in known:
            left, symbol = self._take(), self._take()
            return _compare(left, symbol, self._take())
        first = self._take()
        if first == "!" and self._left:
            return not self._one()
        if first == "(" and ")" in self._left:
            found = self._either()
            if self._take() != ")":
                raise UsageError("`)' expected")
            return found
        if first.startswith("-") and len(first) > 1 and self._left:
            return _unary(self._files, self._directory, first, self._take())
        return bool(first)


def run_test(files: FileTree, directory: str, arguments: Sequence[str]) -> bool:
    """Return what `test` says about its operands; none are false."""
    return bool(arguments) and _Expression(files, directory, arguments).value()
