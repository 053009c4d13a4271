"""The server of `warm`: imports a program once, then forks for each job.

    python -m warm.server MODULE:FUNCTION IMPORT...

Each line of stdin is a list of jobs, each answer on stdout a list of how they ended. The jobs of
one line wait for each other and start at one moment.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import resource
import runpy
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any, NoReturn

Main = Callable[[Sequence[str]], object]
_PR_SET_PTRACER, _ANYBODY = 0x59616D61, -1
_PATIENCE = 20.0


def main() -> None:
    """Import what the command line names, then answer until stdin ends."""
    target, *imports = sys.argv[1:]
    for name in imports:
        if find_spec(name.removesuffix(".*")):
            import_whole(name.removesuffix(".*"), name.endswith(".*"))
    module, _, function = target.partition(":")
    program: Main = getattr(import_module(module), function)
    gc.freeze()  # else each job copies what its collector touches
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    for line in sys.stdin:
        with TemporaryDirectory(prefix="warm-") as folder:
            answers.write(json.dumps(serve(program, json.loads(line), Path(folder))) + "\n")
        answers.flush()


def import_whole(name: str, modules: bool) -> None:
    """Import a module and, when asked for, those in it, but for what runs when imported."""
    package = import_module(name)
    for each in iter_modules(package.__path__, f"{name}.") if modules else ():
        if each.name.rpartition(".")[2] not in ("__main__", "environment"):
            import_whole(each.name, each.ispkg)


def serve(program: Main, jobs: Sequence[Mapping[str, Any]], folder: Path) -> list[dict[str, Any]]:
    """Run jobs at the same moment; return how they ended."""
    waiting, barrier = os.pipe()
    places = [folder / str(number) for number in range(len(jobs))]
    pids = []
    for job, place in zip(jobs, places, strict=True):
        place.mkdir()
        pid = os.fork()
        if pid == 0:
            os.close(barrier)
            become(program, job, place, waiting)
        pids.append(pid)
    os.close(waiting)
    tracers = [attach(*each) for each in zip(jobs, places, pids, strict=True) if each[0]["calls"]]
    os.close(barrier)
    send_signals(jobs, pids)
    ends = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
    for tracer in tracers:
        tracer.wait()
    return [answer(*each) for each in zip(ends, places, strict=True)]


def become(program: Main, job: Mapping[str, Any], place: Path, waiting: int) -> NoReturn:
    """Be the job's process, from its start to its end."""
    ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANYBODY, 0, 0, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.alarm(job["timeout"])
    (place / "in").write_text(job["input"], encoding="utf-8")
    for number, name in enumerate(("in", "out", "err")):
        flags = os.O_RDONLY if name == "in" else os.O_WRONLY | os.O_CREAT
        os.dup2(os.open(place / name, flags, 0o600), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - until the process ends
    os.chdir(job["folder"])
    if job["clean"]:
        start_anew(job["environment"])
    os.environ.update(job["environment"])
    if job["file_size"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (job["file_size"], job["file_size"]))
    os.read(waiting, 1)
    os.close(waiting)
    code = call(program, job["args"])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def start_anew(environment: Mapping[str, str]) -> None:
    """Forget the server's environment, and what was made of it."""
    own = os.environ["PYTHONPATH"].split(os.pathsep)
    rest = [entry for entry in sys.path[1:] if entry not in own]
    sys.path[:] = [*filter(None, environment.get("PYTHONPATH", "").split(os.pathsep)), *rest]
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    tempfile.tempdir = None


def call(program: Main, args: Sequence[str]) -> int:
    """Call a program; return the exit code."""
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        code = program(args)
    except SystemExit as err:
        code = err.code
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.raise_signal(signal.SIGINT)
    except BaseException as err:
        shown = err.__traceback__
        while shown is not None and shown.tb_frame.f_code.co_filename == __file__:
            shown = shown.tb_next
        sys.excepthook(type(err), err.with_traceback(shown), shown)
        code = 1
    if isinstance(code, int):
        return code & 0xFF
    if code is not None:
        print(code, file=sys.stderr)
    return int(code is not None)


def python(words: Sequence[str]) -> None:
    """Do what `python FILE`, `python -m MODULE` or `python -c CODE` does; words may follow."""
    kind = words[0] if words[0] in ("-m", "-c") else ""
    what, *rest = words[1:] if kind else words
    sys.argv = [kind or what, *rest]
    if kind == "-m":
        sys.path.insert(0, str(Path.cwd()))
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    elif kind == "-c":
        sys.path.insert(0, "")
        sys.modules["__main__"] = ModuleType("__main__")
        exec(compile(what, "<string>", "exec"), vars(sys.modules["__main__"]))
    else:
        sys.path.insert(0, str(Path(what).absolute().parent))
        runpy.run_path(what, run_name="__main__")


def attach(job: Mapping[str, Any], place: Path, pid: int) -> subprocess.Popen[bytes]:
    """Start strace on a job that waits, and return when it is attached."""
    words = ["strace", "-f", "-q", "-p", str(pid), "-o", str(place / "trace")]
    words += [word for file in job["watched"] for word in ("-P", file)]
    words += ["-e", f"trace={','.join(job['calls'])}"]
    words += ["-e", f"inject={job['inject']}"] if job["inject"] else []
    tracer = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    until = time.monotonic() + _PATIENCE
    while "TracerPid:\t0\n" in Path(f"/proc/{pid}/status").read_text(encoding="ascii"):
        if tracer.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"strace cannot be attached: {' '.join(words)}")
        time.sleep(0.001)
    return tracer


def send_signals(jobs: Sequence[Mapping[str, Any]], pids: Sequence[int]) -> None:
    """Send the signals that jobs ask for, each at its time."""
    began = time.monotonic()
    asked = [each for each in zip(jobs, pids, strict=True) if each[0]["signal"] is not None]
    for job, pid in sorted(asked, key=lambda each: each[0]["after"]):
        if job["awaited"]:
            await_file(Path(job["folder"], job["awaited"]), pid)
            began = time.monotonic()
        time.sleep(max(0.0, began + job["after"] - time.monotonic()))
        os.kill(pid, job["signal"])


def await_file(file: Path, pid: int) -> None:
    """Return when a file is there, or the process is not any more."""
    while not file.exists():
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return
        time.sleep(0.005)


def answer(end: int, place: Path) -> dict[str, Any]:
    """Return how a job ended and what it said."""
    texts = {name: place / name for name in ("out", "err", "trace")}
    read = {name: path.read_text("utf-8") for name, path in texts.items() if path.exists()}
    return {"exit": end, "out": "", "err": "", "trace": "", **read}


if __name__ == "__main__":
    main()
