"""Invented articles of any length; each number gives another text."""

from bot.markup import utf16_units

FIRST_SPEAKER = "Maren Oldvik"
LAST_SPEAKER = "Teodor Halsey"

_OPENING = (
    "Ferry line {number} closes after the autumn storms",
    "BERGEN, Norway — The ferry company Fjordlinken said on Monday that it would close line "
    "{number} for the winter, leaving some 2,400 islanders with one crossing a day and the "
    "fish market without its morning supply, after the worst autumn storms in thirty years.",
    "“We have repaired the same ramp four times since September, and the sea has taken it four "
    "times,” said Maren Oldvik, head of operations at Fjordlinken. “Nobody should board a ship "
    "over a ramp that we no longer trust.”",
)
_MIDDLE = (
    "The county council in Bergen met on Tuesday to discuss whether a faster catamaran could be "
    "hired from Stavanger until the spring. A decision is expected within two weeks, and the money "
    "would have to come from the fund that pays for roads in the outer islands.",
    "Shop owners on the islands reported that deliveries had already become rare. Bread comes on "
    "Wednesdays, fresh milk on Thursdays, and the pharmacy keeps a list of those who need their "
    "medicine before a weekend with strong wind from the west.",
    "The school on the largest island has moved its pupils to rooms above the library, because "
    "teachers who live on the mainland can no longer be sure to arrive before the first lesson. "
    "Parents organised a rota of fishing boats for the mornings that are calm.",
    "Insurance companies counted 310 damaged boathouses along the coast between Bergen and "
    "Haugesund. Most of them stood in places where the water had not risen within living memory, "
    "and about a third were not insured against floods at all.",
    "Engineers of the harbour authority measured waves of nine metres at the outer breakwater in "
    "October. The breakwater was built for seven metres, after a storm that older islanders still "
    "remember, and its crown has sunk by half a metre since then.",
)
_CLOSING = (
    "The mayor of the islands, Teodor Halsey, said that the decision came as no surprise to "
    "anyone who lives there. “A ferry that sails twice a week is not a road,” Halsey said in Oslo. "
    "“We will ask the government for a tunnel, and we will go on asking.”",
)


_MARKED = (
    'Ferry <b>line</b> {number} & the "storm" <script>alert(1)</script> closes',
    "BERGEN, Norway — The ferry company Fjord & Sons <i>said on Monday that it would close line "
    "{number} for the winter, leaving 2,400 islanders with one crossing a day & no fish market.",
    "“We have repaired the </blockquote> ramp four times & the sea <took it,” said Maren Oldvik, "
    "head of <operations> at Fjord & Sons. “Nobody should board a ship &lt; over a ramp.”",
    "— said Ilse Tarrow <b> that </b> the union would strike on Monday & Tuesday.\n"
    '— Ilse Tarrow told reporters that <a href="tg://x">the dockers</a> &amp; nobody else decide.\n'
    "– “Never,” added Tarrow <<<. – said, told, warned: <blockquote expandable>\n"
    "• said Ilse Tarrow, *bold* _italic_ `code` [x](tg://user?id=1) \\ {{0}} %s",
    "The county council said that a faster catamaran would be hired <from> Stavanger. The council "
    "warned that <tg-spoiler>the money</tg-spoiler> & the roads would have to wait until spring.",
    "The mayor of the islands, Teodor Halsey, said that <pre>nobody</pre> who lives there was "
    "surprised. “A ferry that sails twice a week is not a road,” Halsey said in Oslo. “We will ask "
    "the government for a tunnel & we will go on asking,” </b></i> he added.",
)


def marked_article(number: int = 1) -> str:
    """Headline, key points, names, roles, quotations and dash lines are full of markup."""
    return "\n\n".join(_MARKED).format(number=number)


def news_article(number: int = 1) -> str:
    """Some 190 words, with two speakers and the places Bergen and Oslo."""
    paragraphs = (*_OPENING, *_MIDDLE[:1], *_CLOSING)
    return "\n\n".join(paragraphs).format(number=number)


def long_article(number: int = 1, *, units: int = 4_500) -> str:
    """So many UTF-16 units exactly; FIRST_SPEAKER is at the beginning, LAST_SPEAKER at the end."""
    opening = "\n\n".join(_OPENING).format(number=number)
    closing = "\n\n".join(_CLOSING)
    middle = ""
    missing = units - utf16_units(f"{opening}\n\n\n\n{closing}")
    count = 0
    while utf16_units(middle) < missing:
        count += 1
        middle += f"On day {count} more was known. {_MIDDLE[count % len(_MIDDLE)]}\n\n"
    middle = middle[: missing - 1].rstrip()
    middle += "." * (missing - utf16_units(middle))
    return f"{opening}\n\n{middle}\n\n{closing}"
