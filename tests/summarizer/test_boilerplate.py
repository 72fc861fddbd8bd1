"""Lines are what they are called, for pages of many kinds and for any junk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.boilerplate import Layout, is_boilerplate_sentence, read_layout
from summarizer.models import Span
from summarizer.pipeline import to_parseable
from summarizer.sentences import find_lines

STORY = """\
The Danube flood crest passed the port of Brasca on Friday and left 3,400 people without power.
“We did not sleep for two nights,” said Ilinca Vasarab, who leads the flood office in Brasca.
The crest is expected to reach the delta on Sunday, two days later than the office had said.
Farmers below Brasca lost the spring harvest, and their union wants money from the government."""


def lines_of(text: str, spans: tuple[Span, ...]) -> list[str]:
    return [span.text_of(text) for span in spans]


def boilerplate_of(*lines: str, above: bool = False) -> list[str]:
    """What is marked when `lines` stand above, or else in the middle of, an article."""
    story = STORY.splitlines()
    cut = 0 if above else 2
    text = "\n\n".join(["Flood crest passes Brasca", *story[:cut], *lines, *story[cut:]])
    return lines_of(text, read_layout(text).boilerplate)


PAGE = f"""\
Join our brand new Delta Telegram channel and read the news first!

News
Flood crest passes Brasca as towns count the cost
Volunteers stack sandbags in Brasca as the river rises. (Mirela Onoiu/Delta Courier/TNS)
By Petre Halmagiu, Delta Reporter
April 18, 2031
{STORY}
How the dykes were built
Nobody in Brasca remembers a higher flood, and the archive of the port knows of none.
© 2031 Delta Courier. All rights reserved.
Share this article: Facebook | X | Telegram"""


def test_pasted_page_is_told_apart() -> None:
    layout = read_layout(PAGE)
    lines = PAGE.splitlines()
    assert layout.title == "Flood crest passes Brasca as towns count the cost"
    assert layout.headline is not None
    assert layout.headline.text_of(PAGE) == layout.title
    assert layout.authors == ("Petre Halmagiu",)
    assert layout.published == "2031-04-18"
    assert layout.source == "Delta Courier"
    assert lines_of(PAGE, layout.headings) == ["How the dykes were built"]
    assert lines_of(PAGE, layout.paragraphs) == [*STORY.splitlines(), lines[-3]]
    assert lines_of(PAGE, layout.boilerplate) == [lines[0], lines[2], *lines[4:7], *lines[-2:]]


@pytest.mark.parametrize(
    "line",
    [
        "Subscribe to our Telegram channel!",
        "Follow Delta Courier on Twitter and Facebook for more news.",
        "📣 Subscribe 👉 https://t.me/delta_example",
        "Sign up for the Morning Tide, our free newsletter, and never miss a flood again.",
        "Подписывайтесь на наш канал в Telegram!",
        "Подпишитесь на нас: https://t.me/delta_example",
        "Підписуйтесь на наш канал у Telegram!",
        "Suscríbete a nuestro canal de Telegram.",
        "Síguenos en Facebook y Twitter",
        "Jetzt den Newsletter abonnieren",
        "Folgen Sie uns auf Telegram!",
        "Abonnez-vous à notre newsletter !",
        "به کانال تلگرام ما بپیوندید",
        "© 2031 Delta Courier",
        "Copyright 2031 The Delta Press. All rights reserved.",
        "Все права защищены. При использовании материалов ссылка обязательна.",
        "Усі права захищені.",
        "Todos los derechos reservados.",
        "Alle Rechte vorbehalten.",
        "Tous droits réservés.",
        "کلیه حقوق این سایت محفوظ است",
        "Хотите быть в курсе? Подпишитесь на рассылку",
        "Ставьте лайк и делитесь с друзьями",
        "Нашли ошибку? Выделите текст и нажмите Ctrl+Enter",
        "При цитировании ссылка на «Дельту» обязательна",
        "Материал создан иностранным агентом",
        "Фото Мирелы Оною",
        "Автор: Дана Илие",
        "Підписуйтеся на наш канал у Telegram",
        "Знайшли помилку? Виділіть текст і натисніть Ctrl+Enter",
        "Автор тексту: Дана Іліє",
        "Популярні новини",
        "Sigue a Delta en Facebook y X",
        "Recibe nuestra newsletter",
        "Queda prohibida la reproducción total o parcial",
        "Lo más leído",
        "Ein Kommentar von Dana Ilie",
        "Auf Facebook teilen",
        "Nachdruck nur mit Genehmigung",
        "Lesezeit: 3 Minuten",
        "Réservé aux abonnés",
        "Reproduction interdite",
        "Crédit photo : Dana Ilie",
        "Voir les commentaires",
        "خبرنگار: دانا ایلیه",
        "عکس از دانا ایلیه",
        "استفاده از مطالب با ذکر منبع بلامانع است",
        "انتهای پیام",
        "کد خبر: ۱۲۳۴۵",
        "Dana Ilie, staff writer",
        "Found a mistake? Select it and press Ctrl+Enter",
        "Get breaking news on WhatsApp",
        "Distributed by Delta Content Agency, LLC.",
        "Advertisement",
        "Реклама",
        "Read more: How the delta was diked",
        "Read also: Five things to know about dykes",
        "Share · Tweet · Pin · Email this page",
        "14:42 GMT",
        "Updated: 18 April 2031, 19:11",
        "6",
        "1 / 9",
        "mirela.onoiu@courier.example",
        "https://courier.example/flood",
        "Image: Sandbags line the promenade of Brasca",
        "The promenade of Brasca under water on Friday. Credit: Mirela Onoiu/Courier",
        "A woman looks at the river in Brasca, Friday, April 18, 2031. (AP Photo/Mirela Onoiu)",
        "Reporting by Petre Halmagiu; editing by Dana Ilie",
        "Petre Halmagiu and Dana Ilie contributed to this report.",
        "— Dunaj Online (@dunaj_online) April 18, 2031",
        "What do you think? Tell us in the comments.",
        "danube_fan: I was there, unbelievable! 12 likes",
        "This website uses cookies to give you the best experience. Got it!",
        "Watch the full interview in the video above.",
        "Get alerts as they happen with our free app, in every season of the year.",
        "Our pages are free because readers pay for them. Please consider giving today.",
        "Have you seen the flood? Send your pictures to news@courier.example.",
        "Mirela Onoiu covers the delta for the Courier.",
        "Update 3.15 pm:",
        "Самые важные новости о паводке — в нашей рассылке.",
        "Если вы стали очевидцем, пришлите видео.",
        "Редакция не несёт ответственности за комментарии читателей.",
        "Сетевое издание «Вестник Браски» зарегистрировано надзором, свидетельство № 00.",
        "Нагадаємо, стежити за новинами можна у нашому каналі.",
        "Редакція не несе відповідальності за зміст реклами.",
        "Sigue toda la información de Brasca en nuestra newsletter semanal.",
        "Si quieres recibir noticias, inscríbete aquí en el boletín.",
        "Este contenido es exclusivo para los que pagan.",
        "Laden Sie unsere App herunter, um keine Meldung zu verpassen.",
        "Lesedauer: 3 Min.",
        "Il vous reste 60 % de cet article à lire.",
        "Recevez chaque matin l’essentiel dans votre boîte mail.",
        "بازنشر مطالب با ذکر منبع آزاد است.",
        "برای دیدن ویدئو اینجا کلیک کنید.",
    ],
)
def test_furniture_of_a_page_is_marked(line: str) -> None:
    assert boilerplate_of(line) == [line]


@pytest.mark.parametrize(
    "line",
    [
        "“Follow us,” the ferryman shouted to the people on the roof of the school.",
        "She said subscribers of the newspaper had sent pumps and boats.",
        "By Friday the water had gone down in most streets of the old town.",
        "A Telegram channel known as Dunaj Online said the wall had broken.",
        "Photographs of the swans on the football ground went around the world.",
        "The council published the plans on Monday, April 14, 2031, after a long dispute.",
        "Share prices of the port company fell by a fifth.",
        "The mayor’s office says donations can be left at the town hall from Monday.",
        "Read aloud in the town hall, the letter moved many of them to tears.",
        "Нашли тела ещё двух рыбаков, сообщили спасатели в Браске.",
        "Подписка под петицией о дамбе собрала три тысячи имён за два дня.",
        "Загрузка порта упала вдвое, сказал директор в пятницу.",
        "Знайшли помилку в розрахунках висоти дамби, сказав інженер порту.",
        "Por la noche, el agua subió otros diez centímetros en el puerto.",
        "Von den Dämmen aus sahen die Leute, wie das Wasser fiel.",
        "Par la suite, la digue a cédé en deux endroits.",
        "“Our WhatsApp group warned the whole street in time,” the baker said.",
        "«О воде написали в нашем чате», — рассказала жительница Браски.",
        "Ilinca Vasarab covers her books for the winter, her neighbours said.",
        "Si el agua vuelve, la alcaldesa cerrará el puente viejo.",
    ],
)
def test_sentences_of_the_article_are_kept(line: str) -> None:
    assert boilerplate_of(line) == []


def test_links_to_other_articles_end_at_the_next_paragraph() -> None:
    links = ["More from the delta", "Pelicans return to Insula Mare", "Who owns the reeds?"]
    assert boilerplate_of(*links) == links


def test_line_of_a_photographer_marks_the_caption_before() -> None:
    caption = (
        "Volunteers fill sandbags in Brasca, Friday, April 18, 2031, on the promenade of the port."
    )
    assert boilerplate_of(caption, "Mirela Onoiu, AP") == [caption, "Mirela Onoiu, AP"]


def test_repeated_lines_are_marked() -> None:
    headline = "Flood crest passes Brasca"
    assert boilerplate_of(headline) == [headline]
    paragraph = STORY.splitlines()[0]
    assert boilerplate_of(paragraph) == [paragraph]


def test_headline_may_end_like_a_sentence() -> None:
    headline = "Danube Flood Crest Passes the Port of Brasca Without Breaking Its Wall."
    assert read_layout(f"{headline}\n{STORY}").title == headline


@pytest.mark.parametrize(
    "score",
    ["Brasca 3, Delta 1", "Brasca United 3–1 Delta City (1-0)", "Final: Brasca 28, Delta 3"],
)
def test_score_of_a_match_is_no_headline(score: str) -> None:
    story = STORY.replace("flood office", "Delta club in Brasca United City")
    assert read_layout(f"{score}\nCrest of the Danube leaves Brasca dry\n{story}").title == (
        "Crest of the Danube leaves Brasca dry"
    )
    assert read_layout(f"{score}\n{story}").title is None


@pytest.mark.parametrize(
    "headline",
    [
        "Flood in Brasca kills 3, injures 14",
        "Flood Kills 3, Injures 14",
        "BRASCA FLOOD KILLS 3, INJURES 14",
    ],
)
def test_headline_may_hold_two_numbers(headline: str) -> None:
    assert read_layout(f"{headline}\n{STORY}").title == headline


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("By Petre Halmagiu, Delta Reporter", ("Petre Halmagiu",)),
        ("Автор: Дана Илие", ("Дана Илие",)),
        ("By Reuters", ()),
        ("April 18, 2031", ()),
    ],
)
def test_authors_are_read_from_the_byline(line: str, authors: tuple[str, ...]) -> None:
    assert read_layout(f"Flood crest passes Brasca\n{line}\n{STORY}").authors == authors


def test_byline_below_the_text_is_read_too() -> None:
    text = f"Flood crest passes Brasca\n{STORY}\nReporting by Petre Halmagiu; editing by Dana Ilie"
    assert read_layout(text).authors == ("Petre Halmagiu",)


def test_known_title_is_not_searched_for() -> None:
    layout = read_layout(STORY, title="Flood crest passes Brasca")
    assert layout == Layout(paragraphs=find_lines(STORY), title="Flood crest passes Brasca")


def test_article_in_one_line_is_a_paragraph() -> None:
    text = "(CNN)" + STORY.replace("\n", " ")
    assert read_layout(text) == Layout(paragraphs=(Span(0, len(text)),), source="CNN")


def test_hard_wrapped_text_is_running_text() -> None:
    text = (
        "The Danube flood crest passed the port of Brasca on Friday and left\n"
        "some people without power, as the flood office had expected since the\n"
        "rain in the hills began."
    )
    assert read_layout(text).paragraphs == find_lines(text)


def test_missing_end_marks_tell_nothing_where_the_writer_sets_none() -> None:
    text = STORY.replace(".\n", "\n").removesuffix(".")
    assert read_layout(text).paragraphs == find_lines(text)


@pytest.mark.parametrize(
    "text",
    [
        "Subscribe to our channel!",
        "Share this\nFollow us on Twitter",
        "Home\nNews\n© 2031 Delta Courier. All rights reserved.",
        "One short headline",
        "1\n2\n3",
        "14:42 GMT",
    ],
)
def test_page_without_an_article_keeps_one_line(text: str) -> None:
    assert len(read_layout(text).paragraphs) == 1


def test_lines_of_a_poem_are_running_text() -> None:
    text = "Share\nReeds are red\nDykes are blue\nThe river is rising\nAnd so are you"
    assert read_layout(text).paragraphs == find_lines(text)[1:]


@pytest.mark.parametrize("text", ["", " \n\t\r\n "])
def test_blank_text_has_no_lines(text: str) -> None:
    assert read_layout(text) == Layout(paragraphs=())


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("Published 11:34 PM EST Apr 18, 2031", "2031-04-18T23:34:00-05:00"),
        ("By Petre Halmagiu — April 18, 2031", "2031-04-18"),
        ("18 апреля 2031, 10:20", "2031-04-18"),
        ("Opublikowano", None),
    ],
)
def test_date_of_publication_is_read(line: str, published: str | None) -> None:
    text = "\n".join(["Flood crest passes Brasca", line, STORY])
    assert read_layout(text).published == published


def test_date_of_publication_wins_over_a_later_update() -> None:
    text = f"Flood crest passes\nUpdated: 19 Apr 2031\nPublished: 18 Apr 2031\n{STORY}"
    assert read_layout(text).published == "2031-04-18"


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("© 2031 Delta Courier L.P", "Delta Courier L.P"),
        ("© The Delta News, a Courier Media Newspaper", "The Delta News"),
        ("Copyright © 2031 Delta Press. All rights reserved.", "Delta Press"),
        ("© Delta Bote 2031. Alle Rechte vorbehalten.", "Delta Bote"),
        ("© 2031", None),
        ("All rights reserved.", None),
    ],
)
def test_source_is_verbatim_or_none(line: str, source: str | None) -> None:
    assert read_layout(f"{STORY}\n{line}").source == source


@pytest.mark.parametrize(
    ("opening", "source"),
    [
        ("BRASCA (Reuters) - ", "Reuters"),
        ("BRASCA, Romania, April 18 (AP) — ", "AP"),
        ("(Delta) ", None),
        ("The flood office (DFO) said on Friday that ", None),
    ],
)
def test_agency_of_the_dateline_is_the_source(opening: str, source: str | None) -> None:
    assert read_layout(opening + STORY).source == source


def menu(name: str, *, size: int = 40) -> list[str]:
    return [f"{name} {n}" for n in range(size)]


def test_article_is_found_between_the_menus_of_a_whole_page() -> None:
    related = "The mayor of Brasca opened a new bridge on Monday, to the joy of all."
    story = STORY.splitlines()
    text = "\n".join(
        [*menu("Topic"), "Flood crest passes Brasca", *story, *menu("Partner"), related, "Imprint"]
    )
    layout = read_layout(text)
    assert layout.title == "Flood crest passes Brasca"
    assert lines_of(text, layout.paragraphs) == story
    assert related in lines_of(text, layout.boilerplate)


def test_boilerplate_inside_a_paragraph_is_known_by_the_sentence() -> None:
    assert is_boilerplate_sentence("Petre Halmagiu contributed to this report.")
    assert not is_boilerplate_sentence("Farmers contributed sand and boats.")


JUNK = st.lists(
    st.one_of(
        st.sampled_from([*PAGE.splitlines(), "", "  ", "Read more", "- ", "“", "?", "More:"]),
        st.text(max_size=30),
    ),
    max_size=25,
).map("\n".join)


@given(JUNK)
def test_layout_partitions_the_lines_of_any_text(text: str) -> None:
    text = to_parseable(text)
    layout = read_layout(text)
    head = (layout.headline,) if layout.headline else ()
    spans = [*layout.paragraphs, *layout.headings, *layout.boilerplate, *head]
    assert sorted(spans) == list(find_lines(text))
    assert bool(layout.paragraphs) == bool(text.strip())
    assert layout.title == (layout.headline.text_of(text) if layout.headline else None)
    assert layout.source is None or layout.source in text
    for group in (layout.paragraphs, layout.headings, layout.boilerplate):
        assert list(group) == sorted(group)
