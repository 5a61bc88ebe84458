"""Compares what `armgpu run --json` says of lanes with what it must say.

    python3 tests/linux/judge.py EXPECTED.json GOT.json [DIR]

Every lane must be there once, in order, with its standard output, standard error
and exit status; a lane whose process would die by SIGSEGV or SIGBUS stops with a
data-fault, at which its exit status is not looked. With DIR, DIR/LANE.out and
DIR/LANE.err have the same. Says what is different, a few lines of it; exit status 1.
"""

import json
import os
import sys

SHOWN = 8


def load(path):
    """The lanes of a document, or an exit with what is wrong."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return json.load(file)["lanes"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.exit(f"{path}: no lanes: {error!r}")


def place(expected, got):
    """Where two texts part, with what stands there."""
    at = 0
    while at < min(len(expected), len(got)) and expected[at] == got[at]:
        at += 1
    return (
        f"{len(got)} bytes, not {len(expected)}; at {at} "
        f"{got[at:at + 40]!r}, not {expected[at:at + 40]!r}"
    )


def compare_lane(expected, got):
    """Yields what is wrong with one lane."""
    number = expected["lane"]
    if got.get("lane") != number:
        yield f"lane {number}: lane {got.get('lane')} stands there"
        return
    for name in ("stdout", "stderr"):
        text = got.get(name)
        if text != expected[name]:
            what = "none" if text is None else place(expected[name], text)
            yield f"lane {number}: {name}: {what}"
    reason = got.get("stop_reason")
    if reason != expected["stop_reason"]:
        yield f"lane {number}: {reason}, not {expected['stop_reason']}"
    elif reason == "exit":
        status = got.get("exit_status")
        if status != expected["exit_status"]:
            yield f"lane {number}: status {status}, not {expected['exit_status']}"


def compare_files(expected, directory):
    """Yields whose files are not what it printed; none where it printed none."""
    for lane in expected:
        for name, suffix in (("stdout", ".out"), ("stderr", ".err")):
            path = os.path.join(directory, f"{lane['lane']}{suffix}")
            try:
                with open(path, "rb") as file:
                    text = file.read().decode("utf-8", "surrogateescape")
            except FileNotFoundError:
                text = ""
            if text != lane[name]:
                yield f"{path}: {place(lane[name], text)}"


def main():
    expected = load(sys.argv[1])
    got = load(sys.argv[2])
    wrong = []
    if len(got) != len(expected):
        wrong.append(f"{len(got)} lanes, not {len(expected)}")
    for pair in zip(expected, got):
        wrong += compare_lane(*pair)
    if len(sys.argv) > 3:
        wrong += compare_files(expected, sys.argv[3])
    for line in wrong[:SHOWN]:
        print(line)
    if len(wrong) > SHOWN:
        print(f"and {len(wrong) - SHOWN} more")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
