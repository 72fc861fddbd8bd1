"""Pages of our own making, with an article in them."""

from collections.abc import Sequence

PARAGRAPHS = (
    "The harbour of Marren was closed on Tuesday after a crane fell into the basin. "
    "It had stood there since the first ferry sailed, and nobody had oiled it for years.",
    "Nobody was hurt, the port authority said, and the crane will be lifted on Friday. "
    "Two divers looked at the wreck before noon and found the chains still in one piece.",
    "Fishing boats were sent to Oldhaven, where the catch was sold in the street. "
    "Prices were good, said Hanne Brock, who has sold herring there for thirty years.",
    "The authority expects the harbour to open again within a week, weather permitting. "
    "Until then the ferry to the islands leaves from the old quay, twice a day.",
)


def make_page(
    *,
    head: str = "",
    heading: str = "Crane falls",
    paragraphs: Sequence[str] = PARAGRAPHS,
    before: str = "",
    after: str = "",
) -> str:
    """A page; `before` stands between the headline and the text, `after` ends the article."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f'<html lang="en-GB"><head>{head}</head><body>'
        '<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>'
        f"<article><h1>{heading}</h1>{before}{text}{after}</article>"
        "<footer>All rights reserved</footer></body></html>"
    )
