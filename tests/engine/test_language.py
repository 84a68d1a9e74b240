"""Comments speak the language of the page; Chinese lines are joined without a space."""

import pytest

from livedocs.language import joined, localize


@pytest.mark.parametrize(
    "code, english, chinese",
    [
        ("x = 1  # one | 一\n", "x = 1  # one\n", "x = 1  # 一\n"),
        ("# one | 一\nx\n", "# one\nx\n", "# 一\nx\n"),
        ("    # one | 一\n    x\n", "    # one\n    x\n", "    # 一\n    x\n"),
        ("x  # (B, C)\n", "x  # (B, C)\n", "x  # (B, C)\n"),
        ("x  # a|b\n", "x  # a|b\n", "x  # a|b\n"),
        ("x  # a | b | c\n", "x  # a | b | c\n", "x  # a | b | c\n"),
        ("a = b | c\n", "a = b | c\n", "a = b | c\n"),
        ("s = '# a | b'\n", "s = '# a | b'\n", "s = '# a | b'\n"),
        ('s = """\n# a | b\n"""\n', 's = """\n# a | b\n"""\n', 's = """\n# a | b\n"""\n'),
        ("x  # 1 | 一\ny  # 2 | 二\n", "x  # 1\ny  # 2\n", "x  # 一\ny  # 二\n"),
        ("s = '损失'  # 1 | 一\n", "s = '损失'  # 1\n", "s = '损失'  # 一\n"),
        (
            "s = '\u2028\x0c'\nx  # 1 | 一\n",
            "s = '\u2028\x0c'\nx  # 1\n",
            "s = '\u2028\x0c'\nx  # 一\n",
        ),
        ("x = (  # 1 | 一\n", "x = (  # 1\n", "x = (  # 一\n"),
    ],
)
def test_a_comment_keeps_the_half_of_its_language(code, english, chinese):
    assert localize(code, "en") == english
    assert localize(code, "zh") == chinese


@pytest.mark.parametrize(
    "lines, expected",
    [
        (["数据", "集"], ["数据集"]),
        (["数据，", "集"], ["数据，集"]),
        (["数据", "，集"], ["数据，集"]),
        (["- 数据", "  集"], ["- 数据集"]),
        (["数据 SGD", "集"], ["数据 SGD", "集"]),
        (["数据", "SGD 集"], ["数据", "SGD 集"]),
        (["数据", "", "集"], ["数据", "", "集"]),
        (["- 数据", "- 集"], ["- 数据", "- 集"]),
        (["one", "two"], ["one", "two"]),
        (["一", "二", "三"], ["一二三"]),
        ([], []),
    ],
)
def test_a_break_between_two_chinese_characters_is_no_space(lines, expected):
    assert joined(lines) == expected
