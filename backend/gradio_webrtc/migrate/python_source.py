"""A Python program as text, syntax tree and tokens, with positions that agree."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

REVIEWED = re.compile(r"#\s*migrate:\s*ok\b")
"""A comment for lines that somebody has looked at: nothing is said of them any more."""

_QUIET = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
)


class UnreadableSourceError(ValueError):
    """The text is no Python that can be worked on; says why."""


@dataclass(frozen=True)
class Token:
    """A token that is more than layout, by its characters."""

    start: int
    end: int
    text: str


class PythonSource:
    """One program.

    Args:
        text: its characters, with the line ends it has.

    Attributes:
        text: as given.
        tree: its syntax tree.

    Raises:
        UnreadableSourceError: not Python of the version that runs, or too deep to be read.
    """

    def __init__(self, text: str) -> None:
        if re.search(r"\r(?!\n)", text):
            raise UnreadableSourceError("lines end with a bare carriage return; convert them")
        self.text = text
        try:
            self.tree = ast.parse(text)
        except SyntaxError as error:
            where = "" if error.lineno is None else f"line {error.lineno}: "
            raise UnreadableSourceError(f"{where}{error.msg}") from error
        except (ValueError, RecursionError, MemoryError) as error:
            raise UnreadableSourceError(str(error) or "too deeply nested") from error
        self._lines = text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node of the tree, parents first."""
        return list(ast.walk(self.tree))

    @cached_property
    def calls(self) -> list[ast.Call]:
        """Every call, as they stand in the text."""
        found = [node for node in self.nodes if isinstance(node, ast.Call)]
        return sorted(found, key=lambda call: (call.lineno, call.col_offset))

    @cached_property
    def tokens(self) -> list[Token]:
        """The tokens without comments and line ends; none when the text cannot be tokenized."""
        try:
            read = list(tokenize.generate_tokens(io.StringIO(self.text, newline="").readline))
        except (tokenize.TokenError, SyntaxError):
            return []
        return [
            Token(self._at(token.start), self._at(token.end), token.string)
            for token in read
            if token.type not in _QUIET and token.string
        ]

    def start(self, node: ast.expr | ast.stmt | ast.keyword | ast.alias) -> int:
        """Return the offset in characters at which ``node`` begins."""
        return self._offset(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt | ast.keyword | ast.alias) -> int:
        """Return the offset in characters behind ``node``."""
        return self._offset(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def line_of(self, offset: int) -> str:
        """Return the whole line that holds the character at ``offset``."""
        first = self.text.rfind("\n", 0, offset) + 1
        last = self.text.find("\n", offset)
        return self.text[first : len(self.text) if last < 0 else last]

    def reviewed(self, line: int) -> bool:
        """Whether line number ``line`` says that it has been looked at."""
        return REVIEWED.search(self._lines[line - 1]) is not None

    def token_at(self, offset: int) -> int | None:
        """Return the index of the token that begins at ``offset``, if one does."""
        index = bisect_left(self.tokens, offset, key=lambda token: token.start)
        known = index < len(self.tokens) and self.tokens[index].start == offset
        return index if known else None

    def _offset(self, line: int, column: int) -> int:
        """Turn a line and a column in bytes of UTF-8 into characters."""
        row = self._lines[line - 1].encode()
        return self._starts[line - 1] + len(row[:column].decode(errors="replace"))

    def _at(self, position: tuple[int, int]) -> int:
        return self._starts[position[0] - 1] + position[1]
