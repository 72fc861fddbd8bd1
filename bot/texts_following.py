"""What the bot says of topics, feeds and editions."""

UNTITLED = "Untitled"


def edition_size(articles: int, stories: int) -> str:
    """How much an edition tells: "23 articles, 7 stories"."""
    counted = f"{stories} {'story' if stories == 1 else 'stories'}"
    return counted if articles == stories else f"{articles} articles, {counted}"


def also_in(sources: str) -> str:
    return f"also {sources}"


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
