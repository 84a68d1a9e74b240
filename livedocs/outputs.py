"""What is shown of an output: plain text of sensible length, and tables with nothing else in them.

Whatever a page's code prints, raises or represents itself as passes through here.
"""

import html
import re

import nh3

MAX_CHARACTERS, MAX_LINES = 20_000, 300  # of an output, on a page and in a notebook
HEAD_CHARACTERS, HEAD_LINES = 18_000, 280  # what stays of a longer one
TAIL_CHARACTERS, TAIL_LINES = 1_000, 10
MAX_VALUE = 1_000  # characters of a value in a sentence

NOT_SHOWN = {
    "en": {"characters": "… {:,} characters not shown", "lines": "… {:,} lines not shown"},
    "zh": {"characters": "……此处省略 {:,} 个字符", "lines": "……此处省略 {:,} 行"},
}
# What a terminal obeys and does not show: CSI; OSC, DCS and their like; two-character escapes
ANSI = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\n\x80-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-9<-OQ-WYZ\\`-~]"
)
RETURN = re.compile(r"\r|\x1b\[1?G")  # back to the first column
ERASE_LINE, ERASE = "\x1b[2K", re.compile(r"\x1b\[[02]?K")
# Controls, line separators other than \n, surrogates; what has no width or turns the direction
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e007f\ud800-\udfff]"
)
LOST = re.compile("[\x00\ud800-\udfff]")  # what an HTML parser drops or refuses
TABLE = nh3.Cleaner(
    tags={"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "p"},
    attributes={"th": {"scope", "colspan", "rowspan"}, "td": {"colspan", "rowspan"}},
    set_tag_attribute_values={"table": {"class": "dataframe"}},
)


def shown(output: dict, language: str) -> dict:
    """The output as it may be shown: its texts plain and cut, its HTML a table or absent.

    Figures are left as they are: see `figures.themed`.
    """
    if output["output_type"] == "stream":
        return {**output, "text": _text(output["text"], language) + "\n"}
    if output["output_type"] == "error":
        message = f"{output['ename']}: {output['evalue']}"
        lines = [line for line in output["traceback"] if line] + [message]
        name, value = plain(output["ename"]), _text(output["evalue"], language)
        traceback = _text("\n".join(lines), language).split("\n")
        return {**output, "ename": name, "evalue": value, "traceback": traceback}
    data = {**output["data"]}
    table, text = _table(data.pop("text/html", "")), data.get("text/plain", "")
    if _fits(_words(table)):
        data |= {"text/html": table} if table else {}
    else:
        text = _words(table)
    return {**output, "data": data | {"text/plain": _text(text, language)}}


def text_of(output: dict) -> str:
    """Text of an output that `shown` has returned."""
    if output["output_type"] == "error":
        return "\n".join(output["traceback"])
    return output["text"].rstrip("\n") if "text" in output else output["data"]["text/plain"]


def plain(text: str) -> str:
    """The text as a terminal leaves it, a mark in place of each character that hides or disguises.

    Tabs are spaces, and neither empty lines around the text nor spaces at the end of a line remain.
    """
    lines = [_overwritten(line) for line in text.replace("\r\n", "\n").split("\n")]
    lines = [HIDDEN.sub("\ufffd", line).expandtabs(8).rstrip(" ") for line in lines]
    return "\n".join(lines).strip("\n")


def one_line(text: str, language: str) -> str:
    """Plain text for a sentence: one line of at most MAX_VALUE characters and a note."""
    text = re.sub(r"[ \n]+", " ", plain(text)).strip()
    if len(text) <= MAX_VALUE:
        return text
    note = NOT_SHOWN[language]["characters"].format(len(text) - MAX_VALUE)
    return f"{text[:MAX_VALUE]} {note}"


def cut(text: str, language: str) -> str:
    """The text, or its head and tail around a line that says how much is left out."""
    if _fits(text):
        return text
    lines = text.split("\n")
    head = "\n".join(lines[:HEAD_LINES])[:HEAD_CHARACTERS]
    tail = "\n".join(lines[-TAIL_LINES:])[-TAIL_CHARACTERS:]
    hidden = text[len(head) : len(text) - len(tail)]
    count, unit = len(hidden), "characters"
    if hidden[0] == hidden[-1] == "\n" and hidden.count("\n") > 2:
        count, unit = hidden.count("\n") - 1, "lines"
    return f"{head}\n{NOT_SHOWN[language][unit].format(count)}\n{tail}"


def _fits(text: str) -> bool:
    return len(text) <= MAX_CHARACTERS and text.count("\n") < MAX_LINES


def _text(text: str, language: str) -> str:
    return cut(plain(text), language)


def _overwritten(line: str) -> str:
    """What carriage returns leave: each part lies over the parts before it."""
    seen = ""
    for part in reversed(RETURN.split(line)):
        text = ANSI.sub("", part.rpartition(ERASE_LINE)[2])
        seen += text[len(seen) :]
        if ERASE.search(part):
            break
    return seen


def _table(markup: str) -> str:
    """The markup as one line of table elements; empty if no table is in it."""
    body = TABLE.clean(LOST.sub("\ufffd", markup)) if "<table" in markup else ""
    if "<table" not in body:
        return ""
    return re.sub("(?<=>)[^<]+|^[^<]+", _cell_text, body).replace("<th></th>", "<td></td>")


def _cell_text(match: re.Match) -> str:
    text = plain(html.unescape(match[0])).replace("\n", " ")
    return inert(html.escape(text, quote=False))


def inert(markup: str) -> str:
    """Markup without the two characters that Markdown and formulas see even inside HTML."""
    return markup.replace("`", "&#96;").replace("$", "&#36;")


def _words(table: str) -> str:
    """The text of a table, a row per line."""
    text = table.replace("</th>", "  ").replace("</td>", "  ").replace("</tr>", "\n")
    return html.unescape(re.sub("<[^>]*>", "", text)).strip("\n")
