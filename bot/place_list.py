"""The building of the place list, shown to whoever waits for it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

_BAR_STEPS = 1_000


def build_place_list(path: Path) -> None:
    """Build the place list anew, shown on the terminal."""
    from storage.gazetteer import build_gazetteer, find_imported

    lost = find_imported(path)
    click.echo(f"Building the place list in {path} (once, some ten seconds)", err=True)
    with showing_progress() as show:
        build_gazetteer(path, on_progress=show)
    if lost is not None:
        click.echo(f"Places of {lost} are not in it now; import them again.", err=True)


@contextmanager
def showing_progress() -> Iterator[Callable[[str, float], None]]:
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
