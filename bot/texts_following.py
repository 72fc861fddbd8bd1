"""What the bot says of topics, feeds and editions."""

from datetime import datetime

from bot.texts_times import show_moment

UNTITLED = "Untitled"
EVERYTHING = "Today"
"""What an edition on all topics of a chat is called."""
NOTHING_FOLLOWED = "You follow nothing yet, so there is nothing new to tell."
NOTHING_WAITS = "Nothing waits: what you follow here is told at once."
EDITION_GONE = "That is no longer kept. /today shows what is new."


def edition_size(articles: int, stories: int) -> str:
    """How much an edition tells: "23 articles, 7 stories"."""
    counted = f"{stories} {'story' if stories == 1 else 'stories'}"
    return counted if articles == stories else f"{articles} articles, {counted}"


def nothing_new(coming: datetime) -> str:
    """`coming` is when the next edition comes, on the clocks of the chat."""
    return f"Nothing new since the last edition. The next one: {show_moment(coming)}."


def no_such_topic(words: str) -> str:
    return f"You follow nothing called {words}. /today without words tells of everything."


def stories_shown(first: int, last: int, total: int) -> str:
    """Which part of an edition a message tells: "stories 8–12 of 12"."""
    shown = f"story {first}" if first == last else f"stories {first}–{last}"
    return f"{shown} of {total}"


def more_stories(count: int) -> str:
    return f"{count} more"


def since(last: datetime, now: datetime) -> str:
    """Since when the news of an edition are, both on the clocks of the chat."""
    days = (now.date() - last.date()).days
    clock = f"{last.hour}:{last:%M}"
    if days <= 0:
        return f"since {clock}"
    if days == 1:
        return f"since yesterday {clock}"
    if days < 7:
        return f"since {last:%A} {clock}"
    return f"since {last.day} {last:%B}"


def also_in(sources: str) -> str:
    return f"also in {sources}"


def skipped(name: str, hour: str) -> str:
    return (
        f"I was not running at {hour}, so the edition on {name} is left out. "
        "Its news will be in the next one; /today shows them now."
    )


def feed_failing(title: str, days: int, failure: str) -> str:
    return f"{title} has not answered for {days} days ({failure}). I keep trying once a day."


def feed_gone(title: str) -> str:
    return f"{title} is gone: its server says that it will not come back. I no longer ask for it."


def feed_given_up(title: str, days: int, failure: str) -> str:
    return f"{title} has not answered for {days} days ({failure}). I no longer ask for it."
