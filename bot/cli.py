"""The command line. Commands import what is heavy when they run: `nutgraf --help` loads no NLP."""

import errno
import os
import stat
import sys
from collections.abc import Callable
from functools import wraps
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, ParamSpec, TypeVar

import click

from summarizer.models import METHODS

if TYPE_CHECKING:
    from bot.config import Config
    from newsroom.digesting import DigestSettings
    from summarizer.models import Digest

EXIT_REFUSED = 1
EXIT_USAGE = 2
EXIT_TOKEN = 3
EXIT_DATABASE = 4
EXIT_TRY_AGAIN = 75

OUTPUT_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What writing fails with where a disk is full or broken; files to read fail otherwise."""

P = ParamSpec("P")
R = TypeVar("R")


def _fail(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    raise SystemExit(code)


def _drop_output() -> None:
    """Nobody takes the output any more: what is still buffered must not fail at the exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _answers_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Turn the errors that people can do something about into one line and an exit code."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        from bot.config import ConfigError
        from bot.texts import failure_line
        from newsroom.errors import NewsroomError
        from storage.errors import StorageError
        from summarizer.errors import InputError, SummarizerError

        try:
            return command(*args, **kwargs)
        except ConfigError as exc:
            _fail(f"config: {exc}", EXIT_USAGE)
        except InputError as exc:
            _fail(failure_line(exc), EXIT_REFUSED)
        except SummarizerError as exc:
            _fail(failure_line(exc), EXIT_USAGE)
        except StorageError as exc:
            _fail(failure_line(exc), EXIT_DATABASE)
        except NewsroomError as exc:
            _fail(failure_line(exc), EXIT_TRY_AGAIN)
        except BrokenPipeError:
            _drop_output()
            raise SystemExit(EXIT_REFUSED) from None
        except OSError as exc:
            if exc.errno not in OUTPUT_ERRORS:
                raise
            _drop_output()
            _fail(f"The output cannot be written: {exc.strerror}.", EXIT_TRY_AGAIN)

    return run


_config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A configuration file (TOML); none is needed.",
)


_run_config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="The configuration file (TOML).",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("nutgraf"), prog_name="nutgraf")
def main() -> None:
    """Reads the news for you: key points, who said what, and where."""
    if sys.stdin is None:  # closed: `<&-`
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 - open as long as we run


@main.command()
@click.option(
    "--once",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Send this file as one message, print the answer and end.",
)
@_config_option
@_answers_errors
def chat(once: Path | None, config_path: Path | None) -> None:
    """Talk to the bot in the terminal: no token, no network.

    Paste an article and press Enter. Without a terminal, standard input is one message.
    """
    import asyncio

    from bot.config import load_config
    from bot.logging_setup import set_up_logging
    from bot.terminal import chat as chat_in_terminal

    config = load_config(config_path)
    set_up_logging(config.log.level, form=config.log.format)
    settings = _digest_settings(config)
    raise SystemExit(asyncio.run(chat_in_terminal(config, settings, once=once)))


@main.command()
@_run_config_option
@_answers_errors
def run(config_path: Path) -> None:
    """Run the bot in Telegram until it is told to stop (SIGTERM or Ctrl-C)."""
    import asyncio

    from bot.config import load_config, read_token
    from bot.logging_setup import set_up_logging
    from bot.polling import run_bot

    config = load_config(config_path)
    set_up_logging(config.log.level, form=config.log.format, token=read_token(config))
    settings = _digest_settings(config)
    raise SystemExit(asyncio.run(run_bot(config, settings)))


@main.command()
@_run_config_option
@_answers_errors
def check(config_path: Path) -> None:
    """Check configuration, token, model, place list, database and disk; say what to mend."""
    import asyncio

    from bot.check import check_all
    from bot.config import load_config
    from bot.logging_setup import set_up_logging

    config = load_config(config_path)
    set_up_logging("error", form=config.log.format)
    raise SystemExit(asyncio.run(check_all(config, click.echo)))


@main.command()
@click.argument("source", default="-", metavar="[FILE|-]")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
)
@click.option("--method", type=click.Choice(METHODS), help="How key points are ranked.")
@click.option("--explain", is_flag=True, help="Also tell why each statement is whose, on stderr.")
@_config_option
@_answers_errors
def digest(
    source: str, form: str, method: str | None, explain: bool, config_path: Path | None
) -> None:
    """Digest one article and print it: FILE, or standard input."""
    from bot.config import load_config
    from bot.explanations import render_explanations
    from bot.page import render_page
    from bot.plain import render_plain
    from bot.texts import only_beginning
    from summarizer.language import MAX_ANALYSED_CHARS
    from summarizer.models import Article
    from summarizer.pipeline import load_summarizer
    from summarizer.wire import digest_to_dict, to_json

    text = _read_text(source)
    settings = _digest_settings(load_config(config_path), method=method)
    summarizer = load_summarizer(
        settings.gazetteer,
        model=settings.model,
        method=settings.method,
        key_points=settings.key_points,
    )
    found = summarizer.summarize(Article(text))
    if len(text) > MAX_ANALYSED_CHARS:
        click.echo(only_beginning(MAX_ANALYSED_CHARS), err=True)
    renderers: dict[str, Callable[[Digest], str]] = {
        "text": render_plain,
        "json": lambda digest: to_json(digest_to_dict(digest)),
        "html": render_page,
    }
    click.echo(renderers[form](found))
    if explain:
        click.echo(render_explanations(summarizer.explain(Article(text))), err=True)


@main.command()
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="Worker processes; by default one for each processor.",
)
@click.option("--method", type=click.Choice(METHODS), help="How key points are ranked.")
@_config_option
@_answers_errors
def batch(workers: int | None, method: str | None, config_path: Path | None) -> None:
    """Digest JSON Lines from standard input to JSON Lines on standard output.

    Each line is an object with "id" and "text" or "html", and perhaps "url", "title" and
    "published". Answers come in order, each as soon as it is ready; a line that cannot be digested
    is answered by {"id", "error": {"code", "message"}}.
    """
    from bot.batch import digest_lines
    from bot.config import load_config
    from newsroom.digesting import Digester

    settings = _digest_settings(
        load_config(config_path), method=method, workers=workers or os.cpu_count()
    )
    with Digester(settings) as digester:
        answers = digest_lines(sys.stdin.buffer, digester)
        with click.progressbar(
            answers,
            length=_lines_of_regular_file(),
            file=sys.stderr,
            show_pos=True,
            hidden=not sys.stderr.isatty(),
        ) as shown:
            for line in shown:
                click.echo(line)


@main.group()
def gazetteer() -> None:
    """The place list."""


@gazetteer.command("build")
@_config_option
@_answers_errors
def build(config_path: Path | None) -> None:
    """Build the place list anew from the installed packages."""
    from bot.config import gazetteer_path, load_config

    _build_gazetteer(gazetteer_path(load_config(config_path)))


def _digest_settings(
    config: "Config", *, method: str | None = None, workers: int | None = None
) -> "DigestSettings":
    """The settings for digesting; builds the place list where it is missing."""
    from bot.config import gazetteer_path
    from newsroom.digesting import DigestSettings
    from storage.gazetteer import is_current

    path = gazetteer_path(config)
    if not is_current(path):
        _build_gazetteer(path)
    return DigestSettings(
        gazetteer=path,
        model=config.digest.model,
        method=method or config.digest.method,
        key_points=config.digest.key_points,
        workers=workers or config.digest.workers,
        timeout_s=config.digest.timeout_s,
    )


def _build_gazetteer(path: Path) -> None:
    from storage.gazetteer import build_gazetteer

    click.echo(f"Building the place list in {path} (once, about half a minute)", err=True)
    build_gazetteer(path, on_progress=lambda step: click.echo(f"  {step}", err=True))


def _read_text(source: str) -> str:
    """The text of a file or of standard input, as it is: UTF-8, line ends and BOM kept."""
    from bot.texts import LINKS_NOT_READ

    if source.startswith(("http://", "https://")):
        _fail(LINKS_NOT_READ, EXIT_REFUSED)
    try:
        if source == "-":
            if sys.stdin.isatty():
                click.echo("Paste the article, then press Ctrl-D on an empty line.", err=True)
            data = sys.stdin.buffer.read()
        else:
            data = Path(source).read_bytes()
    except OSError as exc:
        _fail(f"{source}: {exc.strerror}", EXIT_REFUSED)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as exc:
        _fail(
            f"The text is not UTF-8 (byte {exc.start}). Convert it, for example with: "
            "iconv -f WINDOWS-1252 -t UTF-8",
            EXIT_REFUSED,
        )


def _lines_of_regular_file() -> int | None:
    """How many lines will come, where standard input can be counted without reading it away."""
    stdin = sys.stdin.buffer
    if not sys.stderr.isatty() or not stat.S_ISREG(os.fstat(stdin.fileno()).st_mode):
        return None
    start = stdin.tell()
    lines = sum(1 for line in stdin if line.strip())
    stdin.seek(start)
    return lines


if __name__ == "__main__":
    main()
