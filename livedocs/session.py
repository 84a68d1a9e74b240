"""Runs the steps of a lesson in one namespace, with the semantics of a notebook."""

import ast
import contextlib
import io
import os
import sys
import tempfile
import time
import traceback
import warnings

import matplotlib
import matplotlib.pyplot as plt
import psutil
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import select_figure_formats
from matplotlib_inline.backend_inline import configure_inline_support

from livedocs import style
from livedocs.pages import Limits

MIB = 2**20
DEFAULT_LIMITS = Limits()
BACKEND = "module://matplotlib_inline.backend_inline"
KEPT = ("text/plain", "text/html", "image/svg+xml")


class CellError(Exception):
    """A cell did not do what its page says."""

    def __init__(self, message: str, line: int | None = None, trace: str = "", field: str = ""):
        super().__init__(message)
        self.details = {"message": message, "line": line, "trace": trace, "field": field}


class _OutputLimit(BaseException):
    """Ends a cell that prints without end, also one that catches every Exception."""


class _Stream(io.TextIOBase):
    def __init__(self, name: str, outputs: list, limits: Limits):
        self.name, self.outputs = name, outputs
        self.left = limits.output * MIB

    def writable(self):
        return True

    def write(self, text: str) -> int:
        self.left -= len(text)
        if self.left < 0:
            raise _OutputLimit
        last = self.outputs[-1] if self.outputs else {}
        if last.get("name") == self.name:
            last["text"].append(text)  # joined when the cell is done
        elif text:
            self.outputs.append({"output_type": "stream", "name": self.name, "text": [text]})
        return len(text)


class _Publisher(DisplayPublisher):
    def publish(self, data, metadata=None, **_):
        self.shell.outputs.append(_output("display_data", data))


class _Hook(DisplayHook):
    def quiet(self) -> bool:
        return self.semicolon_at_end_of_expression(self.exec_result.info.raw_cell)

    def __call__(self, result=None):
        if result is not None and not self.quiet():
            data, _ = self.compute_format_data(result)
            self.fill_exec_result(result)
            self.shell.outputs.append(_output("execute_result", data) | {"execution_count": None})


class _Shell(InteractiveShell):
    """IPython without terminal, history file or printed tracebacks."""

    def __init__(self, **kwargs):
        self.outputs = []
        super().__init__(displayhook_class=_Hook, display_pub_class=_Publisher, **kwargs)

    def init_history(self):
        self.config.HistoryManager.enabled = False  # opens no file of the author's
        super().init_history()

    def atexit_operations(self):
        pass  # nothing to save, and tidying up takes a tenth of a second per session

    def showtraceback(self, exc_tuple=None, **kwargs):
        self.error = (exc_tuple or sys.exc_info())[1]  # also of what draws and shows values

    def showsyntaxerror(self, *args, **kwargs):
        pass


def _output(kind: str, data: dict) -> dict:
    data = {mime: data[mime] for mime in KEPT if mime in data}
    return {"output_type": kind, "data": data, "metadata": {}}


class Session:
    """One namespace. A page gets one of its own; nothing is carried from page to page."""

    def __init__(self, limits: Limits = DEFAULT_LIMITS):
        self.limits = limits
        _Shell.clear_instance()
        self.shell = _Shell.instance()
        matplotlib.use(BACKEND)
        matplotlib.interactive(True)  # else the inline backend shows nothing
        configure_inline_support(self.shell, BACKEND)
        with contextlib.suppress(ValueError):  # it is with an earlier shell of this process
            plt.uninstall_repl_displayhook()  # a figure is drawn when shown, not before as well
        style.use_style()
        select_figure_formats(self.shell, {"svg"}, bbox_inches="tight", metadata={"Date": None})
        allocated = _allocated()
        self.memory = None if allocated is None else allocated + int(limits.memory * MIB)

    def run(self, code: str, raises: str | None = None) -> list[dict]:
        """Run one cell; returns its outputs in the format of notebooks.

        Raises CellError if the cell raises, or does not raise what `raises` names, or exceeds
        a limit.
        """
        outputs, self.shell.error = [], None
        self.shell.outputs = outputs
        with (
            _warnings_as_errors(),
            contextlib.redirect_stdout(_Stream("stdout", outputs, self.limits)),
            contextlib.redirect_stderr(_Stream("stderr", outputs, self.limits)),
            _memory_limit(self.memory),  # not while an error is described
        ):
            result = self.shell.run_cell(code)
        for output in outputs:
            if "text" in output:
                output["text"] = "".join(output["text"])
        error = result.error_before_exec or result.error_in_exec or self.shell.error
        size = sum(len(text) for output in outputs for text in _texts(output))
        if isinstance(error, _OutputLimit) or size > self.limits.output * MIB:
            raise CellError(f"puts out more than its limit of {self.limits.output:g} MiB")
        if _out_of_memory(error) and not raises:
            limit = f"with its limit of {self.limits.memory:g} MiB"
            raise CellError(f"{_first_line(error)} ({limit})", _line(error), _trace(error))
        if error is None and raises:
            raise CellError(f"promises to raise {raises} and raises nothing")
        if error is not None:
            if raises not in {cls.__name__ for cls in type(error).__mro__}:
                promise = f" instead of {raises}" if raises else ""
                text = f"{type(error).__name__}: {error}{promise}"
                raise CellError(text, _line(error), _trace(error)) from None
            outputs.append(_error_output(error, code))
        return outputs

    def evaluate(self, fields: list[str]) -> dict[str, str]:
        """Values of inline expressions, each formatted as a field of an f-string."""
        values = {}
        for field in fields:
            try:
                with _warnings_as_errors():
                    values[field] = eval(f'f"""{{{field}}}"""', self.shell.user_ns)
            except Exception as error:
                message = f"{{{{ {field} }}}}: {type(error).__name__}: {error}"
                raise CellError(message, field=field) from None
        return values


@contextlib.contextmanager
def _warnings_as_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ResourceWarning)
        # says that this machine has few cores: nothing about the page
        warnings.filterwarnings("ignore", message="This DataLoader will create")
        yield


def _texts(output: dict) -> list[str]:
    return [output["text"]] if "text" in output else [*output["data"].values()]


def _out_of_memory(error: BaseException | None) -> bool:
    """Python's own error, or that of torch's allocator."""
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and "DefaultCPUAllocator: can't allocate" in str(error)
    )


def _first_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".split("\n")[0]


def _allocated() -> int | None:
    """Bytes of private memory; None where the system does not count it as its limit does."""
    return getattr(psutil.Process().memory_info(), "data", None)  # Linux


@contextlib.contextmanager
def _memory_limit(most: int | None):
    """Let this process allocate `most` bytes in all, and again as much as before at the end."""
    if most is None:
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (most if soft < 0 else min(most, soft), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def run_steps(steps: list[dict], limits=DEFAULT_LIMITS, begin=lambda step: None) -> dict:
    """Run a lesson's steps in a fresh namespace and a temporary working directory.

    begin: called with the index of each step before it runs.
    Returns {"steps": [...], "seconds"} or, at the first failure, {"failed": step index, ...}.
    """
    results, start = [], time.perf_counter()
    session = Session(limits)
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for i, step in enumerate(steps):
            begin(i)
            try:
                if "code" in step:
                    results.append({"outputs": session.run(step["code"], step["raises"])})
                else:
                    results.append({"values": session.evaluate(step["fields"])})
            except CellError as error:
                return {"failed": i, **error.details}
    return {"steps": results, "seconds": round(time.perf_counter() - start, 3)}


def prepare_worker() -> None:
    """Settings that make a run the same on every machine: one thread, no progress bars."""
    import torch

    torch.set_num_threads(1)
    os.environ.setdefault("TQDM_DISABLE", "1")
    sys.argv = [""]


def _cell_frames(error: BaseException) -> list:
    frames = traceback.extract_tb(error.__traceback__)
    return [frame for frame in frames if frame.filename.startswith("<ipython-input")]


def _line(error: BaseException) -> int | None:
    if isinstance(error, SyntaxError):
        return error.lineno
    frames = _cell_frames(error)
    return frames[0].lineno if frames else None


def _trace(error: BaseException) -> str:
    lines = traceback.format_exception(error)
    start = next((i for i, line in enumerate(lines) if "<ipython-input" in line), 1)
    return "".join(lines[start:])


def _error_output(error: BaseException, code: str) -> dict:
    """What a reader needs: the line that failed, and the message."""
    name, text = type(error).__name__, str(error)
    if isinstance(error, SyntaxError):
        text = error.msg
    statement = _statement(code, _line(error))
    shown = [f"----> {statement}"] if statement else []
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": shown}


def _statement(code: str, line: int | None) -> str:
    """First line of the statement at a line, without comments: those are not part of the key."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return (
            code.splitlines()[line - 1].strip() if line and line <= len(code.splitlines()) else ""
        )
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and line and node.lineno <= line <= node.end_lineno
    ]
    innermost = max(around, key=lambda node: (node.lineno, -node.end_lineno), default=None)
    return ast.unparse(innermost).split("\n")[0] if innermost else ""
