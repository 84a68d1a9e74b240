"""What text needs of its language: bilingual comments, line breaks in Chinese."""

import io
import re
import tokenize

SEPARATOR = " | "
CJK = re.compile(r"[\u2018-\u201d\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


def localize(code: str, language: str) -> str:
    """The code with the comments of one language.

    `# forward pass | 前向传播` keeps its half; a comment without the separator stays.
    """
    if SEPARATOR not in code:
        return code
    lines = code.split("\n")  # as tokenize counts them, unlike splitlines
    for row, column, comment in _comments(code):
        halves = comment.split(SEPARATOR)
        if len(halves) == 2:
            half = halves[0] if language == "en" else "# " + halves[1].strip()
            lines[row] = lines[row][:column] + half + lines[row][column + len(comment) :]
    return "\n".join(lines)


def _comments(code: str):
    """(row, column, text) of each comment; none after the point where code stops being Python."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0] - 1, token.start[1], token.string
    except (tokenize.TokenError, IndentationError):
        return


def joined(lines: list[str]) -> list[str]:
    """Without the line breaks between two Chinese characters, which browsers show as spaces."""
    result = []
    for line in lines:
        text = line.lstrip()
        if result and CJK.match(result[-1][-1:]) and CJK.match(text):
            result[-1] += text
        else:
            result.append(line)
    return result
