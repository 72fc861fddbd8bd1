"""The command line. Commands import what is heavy when they run: `nutgraf --help` loads no NLP."""

import os
import stat
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.database_commands import backup, health, migrate, restore
from bot.exits import EXIT_REFUSED, answers_errors, fail
from bot.place_list import build_place_list, showing_progress
from bot.sources import fetch, fetch_article, is_link, read_article, read_bytes
from summarizer.models import METHODS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.batch import LinkDigester
    from bot.config import Config
    from newsroom.digesting import Digester, DigestSettings
    from summarizer.models import Digest

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


for database_command in (backup, restore, migrate, health):
    main.add_command(database_command)


@main.command()
@click.option(
    "--once",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Send this file as one message, print the answer and end.",
)
@_config_option
@answers_errors
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
@answers_errors
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
@answers_errors
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
@click.option("--chat", "chat_id", type=int, required=True, help="The id of the chat.")
@_config_option
@answers_errors
def export(chat_id: int, config_path: Path | None) -> None:
    """Write all that is kept of a chat to standard output, as JSON."""
    import asyncio

    from bot.config import load_config, storage_url
    from bot.export import export_chat
    from bot.logging_setup import set_up_logging
    from bot.texts import no_such_chat

    config = load_config(config_path)
    set_up_logging("error", form=config.log.format)
    if not asyncio.run(export_chat(storage_url(config), chat_id, sys.stdout.buffer)):
        fail(no_such_chat(chat_id), EXIT_REFUSED)


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
@answers_errors
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
    article = fetch_article(source, config) if is_link(source) else read_article(source)
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
    from bot.maps.worker import draw_map, mappable
    from bot.texts import NO_PLACES

    if not mappable(digest.locations):
        click.echo(NO_PLACES, err=True)
        return
    picture = draw_map(digest.locations, gazetteer)
    try:
        path.write_bytes(picture)
    except OSError as exc:
        fail(f"{path}: {exc.strerror}", EXIT_REFUSED)


_workers_option = click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="Worker processes; by default one for each processor.",
)
_method_option = click.option(
    "--method", type=click.Choice(METHODS), help="How key points are ranked."
)


@main.command()
@_workers_option
@_method_option
@_config_option
@answers_errors
def batch(workers: int | None, method: str | None, config_path: Path | None) -> None:
    """Digest JSON Lines from standard input to JSON Lines on standard output.

    Each line is an object with "id" and "text", "html" or "url", and perhaps "title" and
    "published"; only without text and html is the page at "url" fetched. Answers come in order,
    each as soon as it is ready; a line that cannot be digested is answered by
    {"id", "error": {"code", "message"}}.
    """
    from bot.batch import digest_lines

    _answer_lines(digest_lines, config_path, method=method, workers=workers)


@main.command()
@_workers_option
@_method_option
@_config_option
@answers_errors
def stories(workers: int | None, method: str | None, config_path: Path | None) -> None:
    """Group articles in JSON Lines from standard input by the events they report.

    The input is that of `batch`. Each story is one line on standard output: {"cluster", "ids",
    "title", "key_points", "speakers", "locations"}, where every span has the "id" of its article;
    a line that cannot be digested is answered by {"id", "error": {"code", "message"}}.
    """
    from bot.stories import story_lines

    _answer_lines(story_lines, config_path, method=method, workers=workers)


@main.command()
@click.argument("source", metavar="FILE|URL")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@_config_option
@answers_errors
def feed(source: str, form: str, config_path: Path | None) -> None:
    """Show what a feed holds, the subscriptions of an OPML list, or the feeds a page names."""
    from bot.feeds import feed_to_dict, render_feed
    from fetcher.feed import MAX_BYTES
    from newsroom.parsing import read_feed
    from summarizer.wire import to_json

    if is_link(source):
        fetched = fetch(source, config_path)
        stated = f"{fetched.content_type}; charset={fetched.charset or ''}"
        found = read_feed(fetched.body, url=fetched.url, content_type=stated)
    else:
        found = read_feed(read_bytes(source, limit=MAX_BYTES + 1))
    click.echo(to_json(feed_to_dict(found)) if form == "json" else render_feed(found))


@main.group()
def gazetteer() -> None:
    """The place list."""


@gazetteer.command("build")
@_config_option
@answers_errors
def build(config_path: Path | None) -> None:
    """Build the place list anew from the installed packages."""
    from bot.config import gazetteer_path, load_config

    build_place_list(gazetteer_path(load_config(config_path)))


@gazetteer.command("import")
@click.argument(
    "dump", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@_config_option
@answers_errors
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
        build_place_list(path)
    click.echo(f"Adding the places of {dump.name} to {path}", err=True)
    with showing_progress() as show:
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
        build_place_list(path)
    return DigestSettings(
        gazetteer=path,
        model=config.digest.model,
        method=method or config.digest.method,
        key_points=config.digest.key_points,
        workers=workers or config.digest.workers,
        timeout_s=config.digest.timeout_s,
    )


def _answer_lines(
    answer: "Callable[[Iterable[bytes], Digester, LinkDigester], Iterator[str]]",
    config_path: Path | None,
    *,
    method: str | None,
    workers: int | None,
) -> None:
    """Print what is answered to the lines of standard input, with a progress bar on a terminal."""
    from bot.batch import LinkDigester
    from bot.config import load_config
    from bot.fetching import make_fetcher
    from newsroom.digesting import Digester

    config = load_config(config_path)
    settings = _digest_settings(config, method=method, workers=workers or os.cpu_count())
    with (
        Digester(settings) as digester,
        LinkDigester(make_fetcher(config), digester) as links,
        click.progressbar(
            answer(sys.stdin.buffer, digester, links),
            length=_lines_of_regular_file(),
            file=sys.stderr,
            show_pos=True,
            hidden=not sys.stderr.isatty(),
        ) as shown,
    ):
        for line in shown:
            click.echo(line)


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
