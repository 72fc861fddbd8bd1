"""How the commands end: exit codes, and the one line that says why."""

import errno
import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import NoReturn, ParamSpec, TypeVar

import click

EXIT_REFUSED = 1
EXIT_USAGE = 2
EXIT_TOKEN = 3
EXIT_DATABASE = 4
EXIT_TRY_AGAIN = 75
EXIT_INTERRUPTED = 130
"""What shells give a program that Ctrl-C has ended."""

OUTPUT_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What writing fails with where a disk is full or broken; files to read fail otherwise."""

P = ParamSpec("P")
R = TypeVar("R")


def fail(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    raise SystemExit(code)


def _drop_output() -> None:
    """Nobody takes the output any more: what is still buffered must not fail at the exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def answers_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Turn the errors that people can do something about into one line and an exit code."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        from bot.config import ConfigError
        from bot.texts import failure_line
        from fetcher.errors import FetchError
        from newsroom.errors import NewsroomError
        from storage.errors import BackupExists, BackupUnusable, DumpUnusable, StorageError
        from summarizer.errors import InputError, SummarizerError

        try:
            return command(*args, **kwargs)
        except ConfigError as exc:
            fail(f"config: {exc}", EXIT_USAGE)
        except InputError as exc:
            fail(failure_line(exc), EXIT_REFUSED)
        except FetchError as exc:
            fail(failure_line(exc), EXIT_TRY_AGAIN if exc.retryable else EXIT_REFUSED)
        except SummarizerError as exc:
            fail(failure_line(exc), EXIT_USAGE)
        except (DumpUnusable, BackupExists, BackupUnusable) as exc:
            fail(failure_line(exc), EXIT_REFUSED)
        except StorageError as exc:
            fail(failure_line(exc), EXIT_DATABASE)
        except NewsroomError as exc:
            fail(failure_line(exc), EXIT_TRY_AGAIN)
        except KeyboardInterrupt:
            fail("Interrupted.", EXIT_INTERRUPTED)
        except BrokenPipeError:
            _drop_output()
            raise SystemExit(EXIT_REFUSED) from None
        except OSError as exc:
            if exc.errno not in OUTPUT_ERRORS:
                raise
            _drop_output()
            fail(f"The output cannot be written: {exc.strerror}.", EXIT_TRY_AGAIN)

    return run
