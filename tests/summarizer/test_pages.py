"""Pasted pages in the languages of our readers: what is the article, and what is known about it."""

from dataclasses import dataclass

import pytest

from summarizer.boilerplate import read_layout
from summarizer.models import Span


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is pasted: furniture, headline, more furniture, the story, the rest."""

    above: tuple[str, ...]
    headline: str
    below_headline: tuple[str, ...]
    story: tuple[str, ...]
    rest: tuple[str, ...]
    authors: tuple[str, ...]
    source: str | None

    @property
    def text(self) -> str:
        lines = (*self.above, self.headline, *self.below_headline, *self.story, *self.rest)
        return "\n".join(lines)


PAGES = {
    "English": Page(
        above=("🔔 Subscribe to our Telegram channel", "Home | News | Sport"),
        headline="Flood crest passes Brasca without breaking the wall",
        below_headline=(
            "By Dana Ilie and Petre Halmagiu, Delta Courier",
            "April 18, 2031",
            "Sandbags on the promenade of Brasca. (Mirela Onoiu/Delta Courier via Getty Images)",
        ),
        story=(
            "The Danube flood crest passed the port of Brasca on Friday without breaking the wall.",
            "Mayor Ilinca Vasarab said that 3,400 people were still without power in Brasca.",
        ),
        rest=(
            "Read also: How the wall of Brasca was built",
            "Share on Facebook",
            "© 2031 Delta Courier. All rights reserved.",
        ),
        authors=("Dana Ilie", "Petre Halmagiu"),
        source="Delta Courier",
    ),
    "Russian": Page(
        above=("Подписывайтесь на наш Telegram-канал!",),
        headline="Паводок прошёл мимо Браски, стена выдержала",
        below_headline=("Автор: Дана Илие", "18 апреля 2031, 14:32", "Фото: Мирела Оною / Дельта"),
        story=(
            "Гребень паводка на Дунае прошёл в пятницу мимо порта Браски, и стена выдержала.",
            "Мэр Илинка Васараб сказала, что без света остаются 3400 жителей Браски.",
        ),
        rest=(
            "Читайте также: Как строили стену",
            "Нашли ошибку? Выделите текст и нажмите Ctrl+Enter",
            "Поделиться",
            "© 2031 Дельта. Все права защищены.",
        ),
        authors=("Дана Илие",),
        source="Дельта",
    ),
    "Ukrainian": Page(
        above=("Підписуйтеся на наш канал у Telegram",),
        headline="Паводок минув Браску, стіна витримала",
        below_headline=(
            "Автор тексту: Дана Іліє",
            "18 квітня 2031, 14:32",
            "Фото: Мірела Оною / Дельта",
        ),
        story=(
            "Гребінь паводка на Дунаї у п'ятницю минув порт Браски, і стіна витримала.",
            "Мерка Ілінка Васараб сказала, що без світла лишаються 3400 мешканців Браски.",
        ),
        rest=(
            "Читайте також: Як будували стіну",
            "Поділитися",
            "© 2031 Дельта. Усі права захищені.",
        ),
        authors=("Дана Іліє",),
        source="Дельта",
    ),
    "Spanish": Page(
        above=("Suscríbete a nuestro canal de Telegram",),
        headline="La crecida pasa por Brasca y el muro resiste",
        below_headline=("Por Dana Ilie", "18 de abril de 2031", "Foto: Mirela Onoiu / EFE"),
        story=(
            "La crecida del Danubio pasó el viernes por el puerto de Brasca y el muro resistió.",
            "La alcaldesa Ilinca Vasarab dijo que 3.400 vecinos de Brasca siguen sin luz.",
        ),
        rest=(
            "Lea también: Cómo se construyó el muro",
            "Compartir en Facebook",
            "© 2031 Delta. Todos los derechos reservados.",
        ),
        authors=("Dana Ilie",),
        source="Delta",
    ),
    "German": Page(
        above=("Abonnieren Sie unseren Telegram-Kanal",),
        headline="Hochwasser zieht an Brasca vorbei, die Mauer hält",
        below_headline=("Von Dana Ilie", "18. April 2031", "Foto: Mirela Onoiu / dpa"),
        story=(
            "Der Scheitel des Donauhochwassers zog am Freitag am Hafen von Brasca vorbei.",
            "Bürgermeisterin Ilinca Vasarab sagte, in Brasca seien 3400 Menschen ohne Strom.",
        ),
        rest=(
            "Lesen Sie auch: Wie die Mauer entstand",
            "Artikel teilen",
            "Alle Rechte vorbehalten.",
        ),
        authors=("Dana Ilie",),
        source=None,
    ),
    "French": Page(
        above=("Abonnez-vous à notre chaîne Telegram",),
        headline="La crue passe Brasca et le mur tient",
        below_headline=("Par Dana Ilie avec AFP", "18 avril 2031", "Crédit photo : Mirela Onoiu"),
        story=(
            "La crue du Danube est passée vendredi devant le port de Brasca et le mur a tenu.",
            "La maire Ilinca Vasarab a dit que 3 400 habitants de Brasca restent sans courant.",
        ),
        rest=(
            "À lire aussi : Comment le mur fut construit",
            "Partager sur Facebook",
            "© 2031 Delta. Tous droits réservés.",
        ),
        authors=("Dana Ilie",),
        source="Delta",
    ),
    "Persian": Page(
        above=("به کانال تلگرام ما بپیوندید",),
        headline="سیل از براسکا گذشت و دیوار مقاومت کرد",
        below_headline=("خبرنگار: دانا ایلیه", "عکس از میرلا اونویو"),
        story=(
            "سیل رود دانوب روز جمعه از کنار بندر براسکا گذشت و دیوار شهر مقاومت کرد.",
            "شهردار ایلینکا واساراب گفت سه هزار و چهارصد نفر در براسکا هنوز برق ندارند.",
        ),
        rest=(
            "بیشتر بخوانید: دیوار چگونه ساخته شد",
            "اشتراک‌گذاری",
            "انتهای پیام",
            "کلیه حقوق این سایت محفوظ است",
        ),
        authors=("دانا ایلیه",),
        source=None,
    ),
}


@pytest.mark.parametrize("language", PAGES)
def test_page_is_told_apart(language: str) -> None:
    page = PAGES[language]
    layout = read_layout(page.text)

    def lines_of(spans: tuple[Span, ...]) -> tuple[str, ...]:
        return tuple(span.text_of(page.text) for span in spans)

    assert lines_of(layout.paragraphs) == page.story
    assert lines_of(layout.boilerplate) == (*page.above, *page.below_headline, *page.rest)
    assert layout.title == page.headline
    assert layout.authors == page.authors
    assert layout.source == page.source
    assert layout.published is None or layout.published.startswith("2031-04-18")
    assert (layout.published is None) == (language == "Persian")
