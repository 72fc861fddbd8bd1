"""What the bot says of topics, feeds and editions."""

from collections.abc import Sequence
from datetime import datetime

from bot.texts_times import show_moment
from storage.feeds import FeedState
from storage.models import EVERY_DAY, Schedule

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


SUBSCRIBE_FORMS = (
    "Send /subscribe with what I shall look out for:\n"
    "/subscribe harbour strike – both words, in any form\n"
    '/subscribe "harbour strike" -football – exactly these side by side, and not that one\n'
    "/subscribe by:Ilse Tarrow – what a person is quoted as saying\n"
    "/subscribe in:Bergen – what happens in a place\n"
    "/subscribe from:Delta Courier – a source\n"
    "/subscribe example.org – the feed of a site, or the address of a feed\n"
    "All but feeds look into the feeds that this chat follows. /subscriptions shows them."
)


def starter_followed(name: str, topics: Sequence[str]) -> str:
    """What following a starter topic does; without topics its feeds are followed themselves."""
    sought = f": {', '.join(topics)}" if topics else ""
    return f"Following {name}{sought}. /subscriptions shows and changes it."


SUBSCRIPTIONS_EMPTY = (
    "This chat follows nothing yet. Send /subscribe with the address of a site or of its feed, "
    "then with words, a person or a place to look out for in what it brings."
)
NO_FEEDS_YET = (
    "This chat follows no feed yet, so I have nowhere to look. Send /subscribe with the address "
    "of a site or of its feed."
)
NOT_DELIVERED_HERE = "In the terminal nothing is delivered; the bot in Telegram does that."
NO_FEED_THERE = (
    "I see no feed at that address, and its page names none. Send the address of the feed itself, "
    "or follow words with /subscribe WORDS."
)
WHICH_TOPIC = "What do you mean?"
FOLLOW_WHAT = "What of this shall I look out for?"
WHICH_FEED = "That page names several feeds. Which one?"
FOLLOWING_NOW = "You follow now:"
FOLLOWED_ALREADY = "You follow this already:"
STOPPED = "I no longer follow "
LIST_TITLE = "What this chat follows"
WHICH_TO_STOP = "Which one shall I stop?"
NEXT = "next "
PAUSED = "paused"
PAUSED_UNTIL = "paused until "
ONLY_TOPICS = "only looked into for your topics"
TELL_DAILY = "Daily instead"
TELL_AT_ONCE = "At once instead"
MUTE = "Only for my topics"
UNMUTE = "Send its entries too"
RETRY_NOW = "Retry now"
STOP_FOLLOWING = "Stop following"
ALL_TOPICS = "All topics"
UNDO = "Undo"
TOO_LATE_TO_UNDO = "That was too long ago. Send /subscribe to follow it again."
RETRYING = "I ask for it now."
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def schedule(told: Schedule) -> str:
    """When a topic is told: "daily at 07:30 (Europe/Kyiv)"."""
    if told.at_once:
        return "at once"
    days = "daily" if told.days == EVERY_DAY else ", ".join(DAYS[day] for day in told.days)
    times = ", ".join(clock.isoformat("minutes") for clock in told.times)
    return f"{days} at {times} ({told.zone})"


def name_failure(failure: str) -> str:
    """A stored failure for people: `http_503` is "HTTP 503"."""
    return failure.replace("_", " ").replace("http", "HTTP")


def ailment(state: FeedState, failure: str) -> str:
    if state == "gone":
        return "its server says that it is gone"
    named = f" ({failure})" if failure else ""
    return f"given up{named}" if state == "given_up" else f"does not answer just now{named}"


def feed_not_read(host: str, failure: str) -> str:
    return (
        f"{host} could not be read ({failure}), so I do not follow it. "
        "Check the address, or try again later."
    )


def limit_reached(followed: int, limit: int) -> str:
    return f"This chat follows {followed} of {limit} topics. Stop one first: /unsubscribe"


def nothing_like(typed: str) -> str:
    return f"This chat follows nothing like “{typed}”. /subscriptions lists what it follows."


def unknown_place(name: str) -> str:
    return f"I know no place named “{name}”. Check the name, or follow it as words."


def topic_refused(code: str, *, words: int = 0, limit: int = 0) -> str:
    """Why what was typed is no topic, and what to do."""
    match code:
        case "topic_too_long":
            counted = f" ({words} words)" if words > limit else ""
            return f"That is too long for a topic{counted}. Send up to {limit} words."
        case "topic_stop_words":
            return "Every article holds these words. Send ones that tell your topic from others."
        case "topic_only_excluded":
            return "That only says what you do not want. Add what I shall look out for."
        case _:
            return SUBSCRIBE_FORMS
