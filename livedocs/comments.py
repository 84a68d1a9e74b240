"""Bilingual comments: `# forward pass | 前向传播` shows its half on each language's page."""

import io
import tokenize

SEPARATOR = " | "


def localize(code: str, language: str) -> str:
    """The code with the comments of one language; those without a separator stay."""
    if SEPARATOR not in code:
        return code
    lines = code.splitlines(keepends=True)
    for row, column, comment in _comments(code):
        halves = comment.split(SEPARATOR)
        if len(halves) == 2:
            half = halves[0] if language == "en" else "# " + halves[1].strip()
            lines[row] = lines[row][:column] + half + lines[row][column + len(comment) :]
    return "".join(lines)


def _comments(code: str):
    """(row, column, text) of each comment; none after the point where code stops being Python."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0] - 1, token.start[1], token.string
    except (tokenize.TokenError, IndentationError):
        return
