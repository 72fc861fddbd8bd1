"""The command line. Commands import what is heavy when they run: `nutgraf --help` loads no NLP."""

import errno
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, ParamSpec, TypeVar

import click

from summarizer.models import METHODS

if TYPE_CHECKING:
    from bot.config import Config
    from fetcher.models import Fetched
    from newsroom.digesting import DigestSettings
    from summarizer.models import Article, Digest

EXIT_REFUSED = 1
EXIT_USAGE = 2
EXIT_TOKEN = 3
EXIT_DATABASE = 4
EXIT_TRY_AGAIN = 75
EXIT_INTERRUPTED = 130
"""What shells give a program that Ctrl-C has ended."""

OUTPUT_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What writing fails with where a disk is full or broken; files to read fail otherwise."""

_BAR_STEPS = 1_000

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
        from fetcher.errors import FetchError
        from newsroom.errors import NewsroomError
        from storage.errors import DumpUnusable, StorageError
        from summarizer.errors import InputError, SummarizerError

        try:
            return command(*args, **kwargs)
        except ConfigError as exc:
            _fail(f"config: {exc}", EXIT_USAGE)
        except InputError as exc:
            _fail(failure_line(exc), EXIT_REFUSED)
        except FetchError as exc:
            _fail(failure_line(exc), EXIT_TRY_AGAIN if exc.retryable else EXIT_REFUSED)
        except SummarizerError as exc:
            _fail(failure_line(exc), EXIT_USAGE)
        except DumpUnusable as exc:
            _fail(failure_line(exc), EXIT_REFUSED)
        except StorageError as exc:
            _fail(failure_line(exc), EXIT_DATABASE)
        except NewsroomError as exc:
            _fail(failure_line(exc), EXIT_TRY_AGAIN)
        except KeyboardInterrupt:
            _fail("Interrupted.", EXIT_INTERRUPTED)
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
    # Closed ones (`<&-`) are None, and a file that takes their number would get what they are sent.
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 - open as long as we run
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - the same
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - the same


@main.command()
@click.option(
    "--once",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Send this file as one message, print the answer and end.",
)
@_config_option
@_answers_errors
def chat(once: Path | None, config_path: Path | None) -> None:
    """Talk to the bot in the terminal: no token, no server.

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
@click.argument("source", default="-", metavar="[FILE|URL|-]")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
)
@click.option("--method", type=click.Choice(METHODS), help="How key points are ranked.")
@click.option(
    "--map",
    "map_path",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.png",
    help="Also draw a map of the places into this file.",
)
@click.option(
    "--explain",
    is_flag=True,
    help="Also show the score of each sentence, and why each statement is whose.",
)
@_config_option
@_answers_errors
def digest(
    source: str,
    form: str,
    method: str | None,
    map_path: Path | None,
    explain: bool,
    config_path: Path | None,
) -> None:
    """Digest one article and print it: FILE (text, .md, .html or .pdf), URL, or standard input."""
    from bot.config import load_config
    from bot.explanation import render_explanation
    from bot.page import render_page
    from bot.plain import render_plain
    from bot.texts import only_beginning
    from summarizer.language import MAX_ANALYSED_CHARS
    from summarizer.pipeline import load_summarizer
    from summarizer.wire import digest_to_dict, to_json

    config = load_config(config_path)
    article = _fetch_article(source, config) if _is_link(source) else _read_article(source)
    settings = _digest_settings(config, method=method)
    summarizer = load_summarizer(
        settings.gazetteer,
        model=settings.model,
        method=settings.method,
        key_points=settings.key_points,
    )
    found = summarizer.summarize(article)
    if len(article.text) > MAX_ANALYSED_CHARS:
        click.echo(only_beginning(MAX_ANALYSED_CHARS), err=True)
    renderers: dict[str, Callable[[Digest], str]] = {
        "text": render_plain,
        "json": lambda digest: to_json(digest_to_dict(digest)),
        "html": render_page,
    }
    click.echo(renderers[form](found))
    if explain:  # what follows is no part of a JSON object or a page
        told = render_explanation(summarizer.explain(article))
        click.echo(f"\n{told}", err=form != "text")
    if map_path is not None:
        _write_map(found, map_path, settings.gazetteer)


def _write_map(digest: "Digest", path: Path, gazetteer: Path) -> None:
    from bot.map_worker import draw_map, mappable
    from bot.texts import NO_PLACES

    if not mappable(digest.locations):
        click.echo(NO_PLACES, err=True)
        return
    picture = draw_map(digest.locations, gazetteer)
    try:
        path.write_bytes(picture)
    except OSError as exc:
        _fail(f"{path}: {exc.strerror}", EXIT_REFUSED)


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

    Each line is an object with "id" and "text", "html" or "url", and perhaps "title" and
    "published"; only without text and html is the page at "url" fetched. Answers come in order,
    each as soon as it is ready; a line that cannot be digested is answered by
    {"id", "error": {"code", "message"}}.
    """
    from bot.batch import LinkDigester, digest_lines
    from bot.config import load_config
    from bot.fetching import make_fetcher
    from newsroom.digesting import Digester

    config = load_config(config_path)
    settings = _digest_settings(config, method=method, workers=workers or os.cpu_count())
    with (
        Digester(settings) as digester,
        LinkDigester(make_fetcher(config), digester) as links,
    ):
        answers = digest_lines(sys.stdin.buffer, digester, links)
        with click.progressbar(
            answers,
            length=_lines_of_regular_file(),
            file=sys.stderr,
            show_pos=True,
            hidden=not sys.stderr.isatty(),
        ) as shown:
            for line in shown:
                click.echo(line)


@main.command()
@click.argument("source", metavar="FILE|URL")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@_config_option
@_answers_errors
def feed(source: str, form: str, config_path: Path | None) -> None:
    """Show what a feed holds, the subscriptions of an OPML list, or the feeds a page names."""
    from bot.feeds import feed_to_dict, render_feed
    from fetcher.feed import MAX_BYTES
    from newsroom.parsing import read_feed
    from summarizer.wire import to_json

    if _is_link(source):
        fetched = _fetch(source, config_path)
        stated = f"{fetched.content_type}; charset={fetched.charset or ''}"
        found = read_feed(fetched.body, url=fetched.url, content_type=stated)
    else:
        found = read_feed(_read_bytes(source, limit=MAX_BYTES + 1))
    click.echo(to_json(feed_to_dict(found)) if form == "json" else render_feed(found))


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


@gazetteer.command("import")
@click.argument(
    "dump", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@_config_option
@_answers_errors
def import_dump(dump: Path, config_path: Path | None) -> None:
    """Add the places of a GeoNames dump to the place list.

    FILE is a table as GeoNames offers it for download: allCountries, cities500 or one country,
    as .zip or .txt. It brings villages, rivers, mountains and landmarks.
    """
    from bot.config import gazetteer_path, load_config
    from storage.gazetteer import import_dump as enlarge
    from storage.gazetteer import is_current
    from storage.geonames_dump import Dump

    path = gazetteer_path(load_config(config_path))
    if not is_current(path):
        _build_gazetteer(path)
    click.echo(f"Adding the places of {dump.name} to {path}", err=True)
    with _progress() as show:
        enlarge(path, Dump(dump), on_progress=show)


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
    from storage.gazetteer import build_gazetteer, find_imported

    lost = find_imported(path)
    click.echo(f"Building the place list in {path} (once, some ten seconds)", err=True)
    with _progress() as show:
        build_gazetteer(path, on_progress=show)
    if lost is not None:
        click.echo(f"Places of {lost} are not in it now; import them again.", err=True)


@contextmanager
def _progress() -> Iterator[Callable[[str, float], None]]:
    """A bar on the terminal for what is done step by step, told as a share of the whole."""
    with click.progressbar(
        length=_BAR_STEPS,
        file=sys.stderr,
        item_show_func=lambda step: step,
        hidden=not sys.stderr.isatty(),
    ) as bar:

        def show(step: str, share: float) -> None:
            bar.update(int(share * _BAR_STEPS) - bar.pos, step)

        yield show


def _is_link(source: str) -> bool:
    return source.lower().startswith(("http://", "https://"))


def _fetch_article(url: str, config: "Config") -> "Article":
    """The article in the page at an address; where that shows only a part, this is said."""
    import asyncio

    from bot.fetching import make_fetcher
    from bot.texts import only_preview
    from newsroom.pages import fetch_page
    from newsroom.parsing import PageReader

    page = asyncio.run(fetch_page(url, fetcher=make_fetcher(config), reader=PageReader()))
    if page.obstacle is not None:
        click.echo(only_preview(url, len(page.article.text.split())), err=True)
    return page.article


def _fetch(url: str, config_path: Path | None) -> "Fetched":
    """What is at an address, where its server gives it."""
    import asyncio

    from bot.config import load_config
    from bot.fetching import make_fetcher
    from fetcher.http import check_status

    fetched = asyncio.run(make_fetcher(load_config(config_path)).fetch(url))
    check_status(fetched)
    return fetched


def _read_article(source: str) -> "Article":
    """The article in a file; of standard input and of plain text the words as they are."""
    from fetcher.document import MAX_BYTES, find_kind, parse_document, parse_text
    from newsroom.parsing import read_document

    if source == "-":
        return parse_text(_read_bytes(source))
    body = _read_bytes(source, limit=MAX_BYTES + 1)
    if find_kind(source) is None:
        return parse_document(body, name=source, content_type="text/plain")
    return read_document(body, name=source)


def _read_bytes(source: str, limit: int = -1) -> bytes:
    """What a file or standard input holds, at most `limit` bytes of it."""
    try:
        if source == "-":
            if sys.stdin.isatty():
                click.echo("Paste the article, then press Ctrl-D on an empty line.", err=True)
            return sys.stdin.buffer.read(limit)
        with Path(source).open("rb") as file:
            return file.read(limit)
    except OSError as exc:
        _fail(f"{source}: {exc.strerror}", EXIT_REFUSED)


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
