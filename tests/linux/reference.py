"""What `armgpu run PROG ...` must say of a Linux program, by qemu-aarch64: takes
the options below as armgpu does, runs the program once a lane, several at a
time, and prints the lanes as `armgpu run --json` prints them.

    python3 tests/linux/reference.py run PROG --lanes N --json [--args FILE]
        [--env NAME=VALUE] [--stdin FILE | --stdin-dir DIR | --stdin-lines FILE]
        [--stdout DIR/] [-- ARGUMENT...]

Other options that tests give armgpu are taken and do nothing. WRONG in the
environment breaks a rule of what is printed, for tests of the judge itself:
stdout, stderr, status, signal, lost, twice, order.
"""

import argparse
import concurrent.futures
import json
import os
import re
import shlex
import shutil
import subprocess
import sys

# What is judged is a lane's output, not how fast it is: this only ends a program
# that would never end.
PATIENCE = 60

# By its path, as programs have an environment without one.
QEMU = shutil.which("qemu-aarch64") or "qemu-aarch64"

# QEMU's own words about a signal.
UNCAUGHT = re.compile(rb"qemu: uncaught target signal \d+ \(.*?\).*\n")


def read_lines(path):
    """A file's lines as bytes, each with its newline."""
    with open(path, "rb") as file:
        return file.read().splitlines(keepends=True)


def read_file(path):
    with open(path, "rb") as file:
        return file.read()


def text_of(output):
    return output.decode("utf-8", "surrogateescape")


def split(line):
    """Words as a shell splits them, with quotes; nothing is expanded."""
    words = shlex.split(line.decode("utf-8", "surrogateescape"))
    return [word.encode("utf-8", "surrogateescape") for word in words]


class Reference:
    """A run: what every lane is given, and what it did."""

    def __init__(self, options):
        self.options = options
        self.args = read_lines(options.args) if options.args else []
        if options.stdin:
            self.inputs = [read_file(options.stdin)] * options.lanes
        elif options.stdin_dir:
            self.inputs = [
                read_file(os.path.join(options.stdin_dir, name))
                for name in sorted(os.listdir(options.stdin_dir))
            ]
        else:
            lines = options.stdin_lines
            self.inputs = read_lines(lines) if lines else []

    def arguments(self, lane):
        words = [word.encode() for word in self.options.arguments]
        if lane < len(self.args):
            words += split(self.args[lane])
        return [word.replace(b"{lane}", b"%d" % lane) for word in words]

    def run_lane(self, lane):
        """Standard input is a pipe, as nothing can be sought there."""
        done = subprocess.run(
            [QEMU, self.options.program] + self.arguments(lane),
            input=self.inputs[lane] if lane < len(self.inputs) else b"",
            capture_output=True,
            env=environment(self.options),
            timeout=PATIENCE,
            check=False,
        )
        signal = -done.returncode if done.returncode < 0 else 0
        return {
            "lane": lane,
            "stop_reason": "data-fault" if signal in (7, 11) else "exit",
            "exit_status": 128 + signal if signal else done.returncode,
            "stdout": text_of(done.stdout),
            "stderr": text_of(UNCAUGHT.sub(b"", done.stderr)),
        }

    def run(self):
        workers = concurrent.futures.ThreadPoolExecutor(os.cpu_count())
        with workers:
            return list(workers.map(self.run_lane, range(self.options.lanes)))


def environment(options):
    """Last first: QEMU 7 turns it round."""
    return dict(pair.split("=", 1) for pair in reversed(options.env))


def spoil(lanes, wrong):
    """Breaks one rule in the middle lane."""
    middle = len(lanes) // 2
    lane = lanes[middle]
    if wrong in ("stdout", "stderr"):
        lane[wrong] += "?"
    elif wrong == "status":
        lane["exit_status"] ^= 1
    elif wrong == "signal":
        lane["stop_reason"] = "data-fault"
    elif wrong == "lost":
        del lanes[middle]
    elif wrong == "twice":
        lanes.insert(middle, lane)
    elif wrong == "order":
        lanes[middle]["lane"], lanes[0]["lane"] = 0, middle


def parse(words):
    own = words[words.index("--") + 1 :] if "--" in words else []
    words = words[: words.index("--")] if "--" in words else words
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("command", choices=["run"])
    parser.add_argument("program")
    parser.add_argument("--lanes", type=int, default=1)
    parser.add_argument("--env", action="append", default=[])
    for name in ("args", "stdin", "stdin-dir", "stdin-lines", "stdout"):
        parser.add_argument("--" + name)
    for name in ("backend", "threads", "max-cycles", "heap", "stack", "device"):
        parser.add_argument("--" + name)
    for name in ("json", "quiet", "all"):
        parser.add_argument("--" + name, action="store_true")
    options = parser.parse_args(words)
    options.arguments = own
    return options


def main():
    options = parse(sys.argv[1:])
    lanes = Reference(options).run()
    spoil(lanes, os.environ.get("WRONG"))
    if options.stdout:
        os.makedirs(options.stdout, exist_ok=True)
        for lane in lanes:
            for name, suffix in (("stdout", ".out"), ("stderr", ".err")):
                path = os.path.join(options.stdout, f"{lane['lane']}{suffix}")
                with open(path, "wb") as file:
                    file.write(lane[name].encode("utf-8", "surrogateescape"))
    json.dump({"lanes": lanes}, sys.stdout, indent=1)
    print()
    return 0 if all(lane["exit_status"] == 0 for lane in lanes) else 123


if __name__ == "__main__":
    sys.exit(main())
