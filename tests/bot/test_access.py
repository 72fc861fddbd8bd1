import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.access import Access, AccessMode, is_code, is_listed

OWNER, USER, STRANGER, GROUP, OTHER_GROUP = 1, 2, 3, -100, -200


def make_access(mode: AccessMode) -> Access:
    return Access(mode, owners=(OWNER,), users=(USER,), chats=(GROUP,))


@pytest.mark.parametrize("mode", ["allow", "invite"])
@pytest.mark.parametrize(
    ("chat_id", "user_id", "is_let_in"),
    [
        (OWNER, OWNER, True),
        (USER, USER, True),
        (STRANGER, STRANGER, False),
        (GROUP, STRANGER, True),
        (OTHER_GROUP, OWNER, True),
        (OTHER_GROUP, USER, False),
        (OTHER_GROUP, STRANGER, False),
        (GROUP, None, True),
        (OTHER_GROUP, None, False),
    ],
)
def test_lists_decide(mode: AccessMode, chat_id: int, user_id: int | None, is_let_in: bool) -> None:
    listed = is_listed(make_access(mode), chat_id=chat_id, is_private=chat_id > 0, user_id=user_id)
    assert listed is is_let_in


@given(chat_id=st.integers(), user_id=st.none() | st.integers(), is_private=st.booleans())
def test_open_bot_serves_everybody(chat_id: int, user_id: int | None, is_private: bool) -> None:
    assert is_listed(Access(), chat_id=chat_id, is_private=is_private, user_id=user_id)


@pytest.mark.parametrize(
    ("offered", "is_right"),
    [
        ("spring-2031", True),
        ("Spring-2031", False),
        ("spring-203", False),
        ("spring-20311", False),
        ("", False),
        ("ключ", False),
        ("\ud83d", False),
    ],
)
def test_code_is_one_of_those_given_out(offered: str, is_right: bool) -> None:
    assert is_code(offered, ("", "other-code", "spring-2031")) is is_right


def test_without_codes_none_is_right() -> None:
    assert not is_code("", ())
    assert not is_code("any", ())
