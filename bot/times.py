"""/time, /pause and /resume: when a chat is told, on which clocks, and when not."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message, Update

from bot import texts_times as texts
from bot.admins import may_press
from bot.answers import answer_press, answer_text, reply, text_payload
from bot.buttons import SHOW_MORE, SHOW_STORY, read_press
from bot.context import NutgrafContext, Services
from bot.markup import clean_text, cut_text
from bot.outcome import current_outcome
from bot.texts import ONLY_ADMINS
from newsroom.clock_words import (
    TimeRequest,
    UnknownDuration,
    UnknownTime,
    read_duration,
    read_times,
)
from newsroom.slots import next_slot
from newsroom.zones import ZoneChoice, find_zone_at, find_zones
from storage.chat_schedules import find_chat_schedule, save_chat_schedule
from storage.database import Connection
from storage.editions import get_edition
from storage.errors import NotFound
from storage.models import Schedule
from storage.subscriptions import (
    FOREVER,
    Subscription,
    list_subscriptions,
    pause_subscriptions,
    reschedule,
    resume_subscriptions,
)

ZONE_PRESSED = "1:zn:"
"""The zone itself follows: with the longest name of one that is less than 64 bytes."""
PLACE_UNITS = 60


async def time_command(update: Update, context: NutgrafContext) -> None:
    """Change times and days of all editions, or of the one that is replied to, and the zone."""
    message, services = update.message, context.services
    if message is None:
        return
    if context.args and not await _may_change(message, services):
        return
    try:
        request = read_times(" ".join(context.args or ()))
    except UnknownTime:
        await answer_text(message, texts.TIME_UNKNOWN)
        return
    choices = await _look_up(request.place, services)
    if request.place and not choices:
        place = cut_text(clean_text(request.place), PLACE_UNITS)
        await answer_text(message, texts.place_unknown(place))
        return
    zone = choices[0] if len(choices) == 1 else None
    only = await _find_replied(message, services)
    said = await _change(message, services, request, zone=zone, only=only)
    if len(choices) > 1:
        said = texts.which_zone(said if request.times or request.days else "")
    await answer_text(message, said, keyboard=_zones_keyboard(choices, services.now()))


async def zone_pressed(update: Update, context: NutgrafContext) -> None:
    """Take the zone of the button."""
    query = update.callback_query
    if query is None:
        return
    zone = (query.data or "").removeprefix(ZONE_PRESSED)
    if zone not in available_timezones() or not isinstance(query.message, Message):
        await answer_press(query, texts.ZONE_GONE)
        return
    if not await may_press(query):
        await answer_press(query, ONLY_ADMINS)
        return
    await answer_press(query)
    choice = ZoneChoice(zone, zone)
    said = await _change(query.message, context.services, TimeRequest(), zone=choice)
    reply(query.message, text_payload(said))


async def location_received(update: Update, context: NutgrafContext) -> None:
    """Take the zone of the place that was sent."""
    message, services = update.message, context.services
    if message is None or message.location is None or not await _may_change(message, services):
        return
    point = message.location
    zone = await asyncio.to_thread(
        find_zone_at, point.latitude, point.longitude, services.gazetteer
    )
    if zone is None:
        await answer_text(message, texts.NO_ZONE_THERE)
        return
    said = await _change(message, services, TimeRequest(), zone=ZoneChoice(zone, zone))
    await answer_text(message, said)


async def pause_command(update: Update, context: NutgrafContext) -> None:
    """Tell the chat nothing for some time, or until /resume."""
    message, services = update.message, context.services
    if message is None:
        return
    if not await _may_change(message, services):
        return
    until, typed = FOREVER, " ".join(context.args or ())
    if typed:
        try:
            until = services.now() + read_duration(typed)
        except UnknownDuration:
            await answer_text(message, texts.PAUSE_FORMS)
            return
    schedule, followed = await _read(message, services)
    if not followed:
        await answer_text(message, texts.NOTHING_TO_PAUSE)
        return
    ids = [subscription.id for subscription in followed]
    current_outcome().add(partial(pause_subscriptions, subscription_ids=ids, until=until))
    local = None if until == FOREVER else until.astimezone(ZoneInfo(schedule.zone))
    await answer_text(message, texts.paused(local))


async def resume_command(update: Update, context: NutgrafContext) -> None:
    """Tell the chat again what it follows."""
    message, services = update.message, context.services
    if message is None:
        return
    if not await _may_change(message, services):
        return
    now = services.now()
    _, followed = await _read(message, services)
    paused = [s.id for s in followed if s.paused_until is not None and s.paused_until > now]
    if not paused:
        await answer_text(message, texts.NOT_PAUSED)
        return
    current_outcome().add(partial(resume_subscriptions, subscription_ids=paused))
    await answer_text(message, texts.RESUMED)


async def _may_change(message: Message, services: Services) -> bool:
    """Whether who wrote may change what the chat is told; who may not is told so."""
    if await services.admins.may_command(message, now=services.now()):
        return True
    await answer_text(message, ONLY_ADMINS)
    return False


async def chat_schedule(conn: Connection, services: Services, *, chat_id: int) -> Schedule:
    """When the chat of the current update wants to be told, as far as it has said so."""
    bot_id = current_outcome().bot_id
    chosen = await find_chat_schedule(conn, bot_id=bot_id, chat_id=chat_id)
    return chosen or services.delivery.schedule


async def _look_up(place: str, services: Services) -> tuple[ZoneChoice, ...]:
    if not place:
        return ()
    return await asyncio.to_thread(find_zones, place, services.gazetteer)


async def _read(message: Message, services: Services) -> tuple[Schedule, tuple[Subscription, ...]]:
    bot_id, chat_id = current_outcome().bot_id, message.chat.id
    async with services.database.read() as conn:
        schedule = await chat_schedule(conn, services, chat_id=chat_id)
        return schedule, await list_subscriptions(conn, bot_id=bot_id, chat_id=chat_id)


async def _find_replied(message: Message, services: Services) -> int | None:
    """The subscription whose edition a message replies to: the buttons under it tell."""
    replied = message.reply_to_message
    rows = replied.reply_markup.inline_keyboard if replied and replied.reply_markup else ()
    data = (button.callback_data for row in rows for button in row)
    presses = (read_press(one) for one in data if isinstance(one, str))
    press = next((press for press in presses if press), None)
    if press is None or press.verb not in (SHOW_STORY, SHOW_MORE):
        return None
    bot_id, chat_id = current_outcome().bot_id, message.chat.id
    async with services.database.read() as conn:
        try:
            edition = await get_edition(conn, press.id, bot_id=bot_id, chat_id=chat_id)
        except NotFound:
            return None
    return edition.subscription_id


async def _change(
    message: Message,
    services: Services,
    request: TimeRequest,
    *,
    zone: ZoneChoice | None,
    only: int | None = None,
) -> str:
    """Add the changes to the outcome, and say what holds from now on."""
    own, followed = await _read(message, services)
    now = services.now()
    changed = {
        subscription.id: _changed(subscription, request, zone, only) for subscription in followed
    }
    if only is None:
        own = _with(own, request, zone)
    elif zone is not None:
        own = replace(own, zone=zone.zone)
    if request.times or request.days or zone:
        bot_id, chat_id = current_outcome().bot_id, message.chat.id
        save = partial(save_chat_schedule, schedule=own, bot_id=bot_id, chat_id=chat_id)
        current_outcome().add(save)
        for subscription_id, schedule in changed.items():
            current_outcome().add(
                partial(_reschedule, subscription_id=subscription_id, schedule=schedule, now=now),
                rings="subscriptions",
            )
    shown = changed.get(only, own) if only is not None else own
    said = _describe(shown, now, is_one=only is not None, is_followed=bool(followed))
    if zone is not None:
        return f"{texts.clock(zone.place, now.astimezone(ZoneInfo(zone.zone)))}\n{said}"
    return said if request.times or request.days else f"{said}\n\n{texts.TIME_FORMS}"


def _changed(
    subscription: Subscription,
    request: TimeRequest,
    zone: ZoneChoice | None,
    only: int | None,
) -> Schedule:
    """Its new schedule. What is told at once stays so, unless it is the one that is meant."""
    schedule = subscription.schedule
    is_meant = subscription.id == only or (only is None and not schedule.at_once)
    return _with(schedule, request if is_meant else TimeRequest(), zone)


def _with(schedule: Schedule, request: TimeRequest, zone: ZoneChoice | None) -> Schedule:
    return Schedule(
        request.times or schedule.times,
        request.days or schedule.days,
        zone.zone if zone is not None else schedule.zone,
    )


async def _reschedule(
    conn: Connection, *, subscription_id: int, schedule: Schedule, now: datetime
) -> None:
    coming = next_slot(schedule, now)
    await reschedule(
        conn, [subscription_id], schedule, next_slot_at=None if coming is None else coming.at
    )


def _describe(schedule: Schedule, now: datetime, *, is_one: bool, is_followed: bool) -> str:
    zone = ZoneInfo(schedule.zone)
    coming = next_slot(schedule, now)
    return texts.schedule(
        schedule.times,
        schedule.days,
        now=now.astimezone(zone),
        zone=schedule.zone,
        coming=None if coming is None or not is_followed else coming.at.astimezone(zone),
        is_one=is_one,
    )


def _zones_keyboard(choices: Sequence[ZoneChoice], now: datetime) -> InlineKeyboardMarkup | None:
    if len(choices) < 2:
        return None
    return InlineKeyboardMarkup([[_zone_button(choice, now)] for choice in choices])


def _zone_button(choice: ZoneChoice, now: datetime) -> InlineKeyboardButton:
    local: Any = now.astimezone(ZoneInfo(choice.zone))
    text = texts.zone_choice(cut_text(clean_text(choice.place), PLACE_UNITS), local)
    return InlineKeyboardButton(text, callback_data=f"{ZONE_PRESSED}{choice.zone}")
