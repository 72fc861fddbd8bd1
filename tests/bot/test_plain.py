import re

import pytest
from hypothesis import given
from inline_snapshot import snapshot

from bot.markup import utf16_units
from bot.plain import html_to_plain, html_to_terminal, render_plain
from bot.render import render_digest
from summarizer.models import Digest
from support.digests import digest_of, digests, flood_digest, location, texts
from support.telegram_html import read_message

CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
PAINT = re.compile(r"\x1b\[[0-9;]*m")


def test_a_digest_in_plain_text_reads_like_this() -> None:
    assert render_plain(flood_digest(), width=60) == snapshot("""\
Flood crest passes Galați as Danube towns count the cost
Delta Courier · April 18, 2031

Key points
• The highest Danube flood in two decades moved past the
  port city of Galați on Friday, leaving some 3,400 people
  without power.
• Farmers said the decision would cost them the spring
  harvest.

Who said what · 6
Ilinca Vasarab, director of the Lower Danube Flood Office
  “The walls held, but by the width of a hand”
  “If the rain comes back before Tuesday, we will not be
   able to promise the same again”
Tudor Săveanu, Environment Minister
  – the government would pay for the repair of every public
    dyke between Brăila and Tulcea
Dunaj Online, A Telegram channel
  “a siren that rings after the water is in the kitchen”
Anneke Verlinden, a hydrologist
  “What used to be a flood of the century is now the flood
   of a working life”
Marta Szelényi-Koch, spokeswoman for the Danube Rescue Pact
  – crews could leave tonight
Farmers
  – the decision would cost them the spring harvest

Where
Galați, Romania · Bucharest, Romania · Danube · Romania ·
Lower Danube, Romania (approx.)\
""")


@given(digests())
def test_any_message_is_safe_and_whole_in_a_terminal(digest: Digest) -> None:
    html = render_digest(digest)
    shown = html_to_terminal(html, width=50)
    assert not CONTROL.search(shown)
    assert not CONTROL.search(PAINT.sub("", html_to_terminal(html, color=True)))
    assert all(len(line) <= 50 or line.startswith("[") for line in shown.split("\n"))
    message = read_message(html)
    assert html_to_plain(html).split() == message.text.split()
    assert utf16_units(html_to_plain(html)) <= message.units


@given(digests())
def test_any_digest_is_safe_in_plain_text(digest: Digest) -> None:
    shown = render_plain(digest, width=50)
    assert not CONTROL.search(shown)
    assert all(len(line) <= 50 for line in shown.split("\n"))


@given(texts())
def test_no_markup_brings_a_control_sequence_either(text: str) -> None:
    html = f'<b>{text}</b>&#27;]0;x&#7;<a href="https://x.example/&#27;[2J">&#155;31m</a>'
    assert not CONTROL.search(html_to_terminal(html))


def test_a_message_in_the_terminal_reads_like_this() -> None:
    html = (
        "<b>Title</b>\n<i>Courier</i>\n\n<b>Key points</b>\n• The river rose all night long\n"
        "<blockquote expandable><b>Ana</b>\n“It rose”</blockquote>\n\n<b>Where</b>\n"
        '<a href="https://m.example/1">Brăila</a>, Romania · <a href="https://m.example/2">Tulcea</a>'
    )
    assert html_to_terminal(html, width=30) == snapshot("""\
Title
Courier

Key points
• The river rose all night
  long
┃ Ana
┃ “It rose”

Where
Brăila [1], Romania · Tulcea
[2]

[1] https://m.example/1
[2] https://m.example/2\
""")


def test_bold_and_italic_are_painted_and_reset() -> None:
    html = "<b>one <i>two</i></b> three"
    assert html_to_terminal(html, color=True) == "\x1b[1mone \x1b[0m\x1b[1;3mtwo\x1b[0m three"


def test_paint_is_taken_up_again_on_the_next_line() -> None:
    html = f"<b>{'word ' * 8}</b>"
    for line in html_to_terminal(html, color=True, width=20).split("\n"):
        assert line.startswith("\x1b[1m")
        assert line.endswith("\x1b[0m")


def test_links_to_places_in_a_page_are_left_out() -> None:
    html = '“It rose” <a href="https://x.example/a#:~:text=It%20rose">↗</a>\nAna'
    assert html_to_terminal(html) == "“It rose”\nAna"


def test_one_address_has_one_number() -> None:
    html = '<a href="https://m.example">a</a> <a href="https://m.example">b</a>'
    assert html_to_terminal(html) == "a [1] b [1]\n\n[1] https://m.example"


@pytest.mark.parametrize("html", ["", "\n\n", "<b></b>", "plain", "a &lt;b&gt; &amp; c"])
def test_any_text_can_be_shown(html: str) -> None:
    assert html_to_terminal(html).strip() == html_to_plain(html)


def test_places_are_named_with_their_countries() -> None:
    assert render_plain(digest_of("x", locations=(location("Galați"),))) == "Where\nGalați, Romania"
