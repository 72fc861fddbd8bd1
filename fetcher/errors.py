"""What can be wrong with a page.

FetchError(url)
└── NotAnArticle      the page holds no article text
"""


class FetchError(Exception):
    code = "fetch"

    def __init__(self, url: str | None) -> None:
        super().__init__(url)
        self.url = url


class NotAnArticle(FetchError):
    code = "not_an_article"
