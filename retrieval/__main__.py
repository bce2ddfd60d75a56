"""The command line of the library: arguments in, exit code out."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NoReturn

from retrieval.cli import parser, terminal
from retrieval.errors import BylineError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO)  # what a disk says that takes no more


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 an operator's trouble, 2 wrong usage."""
    top = argparse.ArgumentParser(prog="python -m retrieval", description="Answers out of a folder of articles.")
    add_commands(top.add_subparsers(required=True, metavar="COMMAND"))
    return execute(top.parse_args(arguments))


def add_commands(subparsers: Any) -> None:
    """Add a parser for each command to what `ArgumentParser.add_subparsers` returned; `execute` runs what it parses."""
    parser.add_commands(subparsers, execute)


def execute(options: argparse.Namespace) -> int:
    """Run the command of parsed arguments; the exit codes of `main`, but for wrong usage."""
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except BylineError as error:
        return terminal.fail(str(error))
    except KeyboardInterrupt:
        return terminal.fail("stopped; the index is as it was before")
    except BrokenPipeError:  # the reader of our output has seen enough
        _drop_output()
        return 0
    except OSError as error:
        if error.filename or error.errno not in _FULL:
            raise
        _drop_output()
        return terminal.fail(f"the output cannot be written ({error.strerror}): free space where it goes")
    return code


def _drop_output() -> None:
    """Let what is still to be written go nowhere, so that the interpreter does not stumble over it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def leave(code: int) -> NoReturn:
    """End the process now: torch and its threads take a second to be taken down, or wait for each other."""
    with suppress(BrokenPipeError):
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    leave(main())
