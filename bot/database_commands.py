"""The commands that look after the database file."""

from datetime import UTC, datetime
from pathlib import Path

import click

from bot.exits import answers_errors

config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A configuration file (TOML); none is needed.",
)


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Replace FILE if it is there already.")
@config_option
@answers_errors
def backup(file: Path, replace: bool, config_path: Path | None) -> None:
    """Copy the database into FILE, also while the bot runs."""
    from bot.config import load_config, storage_url
    from bot.database_texts import size_words
    from storage.database import backup as copy

    size = copy(storage_url(load_config(config_path)), file, replace=replace)
    click.echo(f"{file}: {size_words(size)}")


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@config_option
@answers_errors
def restore(file: Path, config_path: Path | None) -> None:
    """Put the copy FILE in the place of the database, which is kept; not while the bot runs."""
    from bot.config import load_config, storage_url
    from storage.database import restore as put_back

    url = storage_url(load_config(config_path))
    aside = put_back(url, file, now=datetime.now(UTC))
    click.echo(f"Restored from {file}.")
    if aside is not None:
        click.echo(f"The database that was there is kept as {aside}.")


@click.command()
@config_option
@answers_errors
def migrate(config_path: Path | None) -> None:
    """Bring the database to the schema of this version; `run` does so too at its start."""
    import asyncio

    from bot.backups import backup_plan
    from bot.config import load_config, storage_url
    from bot.database_texts import schema_kept
    from storage.database import exclusive_use
    from storage.database import migrate as bring_up_to_date

    config = load_config(config_path)
    url, plan = storage_url(config), backup_plan(config)
    with exclusive_use(url):
        kept = asyncio.run(bring_up_to_date(url, copies=plan.folder if plan else None))
    click.echo(schema_kept(str(kept)) if kept else "The database is up to date.")


@click.command()
@config_option
@answers_errors
def health(config_path: Path | None) -> None:
    """Say whether the bot runs and hears from Telegram: exit 0, or 75 where it does not."""
    from bot.config import load_config, storage_url
    from bot.health import word_health
    from storage.database import database_file

    words, code = word_health(database_file(storage_url(load_config(config_path))))
    click.echo(words)
    raise SystemExit(code)
