"""What the map buttons lead to: the picture of a digest's places, and pins of single ones."""

import logging
from functools import partial
from typing import Any

from telegram import Bot, CallbackQuery, Message, Update
from telegram.constants import ChatAction

from bot import texts
from bot.answers import (
    SEND_MESSAGE,
    SEND_PHOTO,
    SEND_VENUE,
    answer_press,
    showing,
    text_payload,
    thread_of,
)
from bot.buttons import SHOW_MAP, SHOW_PIN, pins_keyboard, read_press
from bot.context import NutgrafContext, Services
from bot.maps.worker import draw_map, mappable
from bot.markup import clean_text, cut_text
from bot.outcome import Outcome, current_outcome
from bot.outline import country_names
from newsroom.errors import NewsroomError
from storage.deliveries import Delivery
from storage.digests import StoredDigest, get_digest
from storage.errors import NotFound
from storage.history import has_digest
from storage.jobs import Job, enqueue_job
from storage.maps import find_map, save_map
from summarizer.models import Location

logger = logging.getLogger(__name__)

MAP = "map"
"""The kind of job that answers with a map."""
VENUE_UNITS = 200


async def map_pressed(update: Update, context: NutgrafContext) -> None:
    """Ask for the map of the digest under which the button stands."""
    query, services = update.callback_query, context.services
    if query is None:
        return
    stored = await _find_pressed(query, services, SHOW_MAP)
    if query.message is None or stored is None or not mappable(stored.digest.locations):
        await answer_press(query, _refusal(query, stored))
        return
    await answer_press(query)
    outcome, now = current_outcome(), services.now()
    message = query.message
    payload = {
        "digest_id": stored.id,
        "reply_to": message.message_id,
        "thread_id": thread_of(message) if isinstance(message, Message) else None,
    }
    # Who presses again within a minute gets one picture.
    key = f"map:{message.chat.id}:{message.message_id}:{int(now.timestamp()) // 60}"
    ask = partial(
        enqueue_job,
        kind=MAP,
        key=key,
        bot_id=outcome.bot_id,
        chat_id=message.chat.id,
        article_id=stored.article_id,
        payload=outcome.naming_asker(payload),
        created_at=now,
    )
    outcome.add(ask, rings="jobs")


async def pin_pressed(update: Update, context: NutgrafContext) -> None:
    """Send the pin of one place, without a sound."""
    query, services = update.callback_query, context.services
    if query is None:
        return
    stored = await _find_pressed(query, services, SHOW_PIN)
    press = read_press(query.data)
    places = mappable(stored.digest.locations) if stored else ()
    if query.message is None or press is None or not 1 <= press.number <= len(places):
        await answer_press(query, _refusal(query, stored))
        return
    await answer_press(query)
    message = query.message
    current_outcome().send(
        Delivery(
            chat_id=message.chat.id,
            method=SEND_VENUE,
            payload=venue_payload(places[press.number - 1]),
            thread_id=thread_of(message) if isinstance(message, Message) else None,
            reply_to=message.message_id,
        )
    )


async def _find_pressed(query: CallbackQuery, services: Services, verb: str) -> StoredDigest | None:
    """The digest of a button; None where this chat never got it, or it is kept no longer."""
    press = read_press(query.data)
    if press is None or press.verb != verb or query.message is None:
        return None
    async with services.database.read() as conn:
        if not await has_digest(conn, chat_id=query.message.chat.id, digest_id=press.id):
            return None
        return await get_digest(conn, press.id)


def _refusal(query: CallbackQuery, stored: StoredDigest | None) -> str:
    """What to say of a press that leads nowhere."""
    is_gone = stored is None and read_press(query.data) is not None
    return texts.DIGEST_GONE if is_gone else texts.BUTTON_OUT_OF_DATE


def venue_payload(place: Location) -> dict[str, Any]:
    """The place as Telegram's venue: its name, its country, how often the article names it."""
    name = cut_text(clean_text(place.name), VENUE_UNITS) or texts.UNNAMED_PLACE
    country = country_names().get(place.country_code or "")
    return {
        "latitude": place.latitude,
        "longitude": near_zero(place.longitude),
        "title": name,
        "address": texts.venue_address(name, country, len(place.mentions), exact=place.exact),
    }


def near_zero(longitude: float) -> float:
    """The same longitude between -180 and 180, which is what Telegram takes."""
    return longitude if -180 <= longitude <= 180 else (longitude + 180) % 360 - 180


async def work_on_map(job: Job, outcome: Outcome, *, bot: Bot, services: Services) -> None:
    """Add the picture and the message with it to the outcome; where it fails, only the pins."""
    digest_id, thread_id = job.payload["digest_id"], job.payload["thread_id"]
    async with services.database.read() as conn:
        try:
            stored = await get_digest(conn, digest_id)
        except NotFound:
            logger.info("map of a digest that is gone chat=%d", job.chat_id)
            return
        picture = await find_map(conn, digest_id)
    method, payload = SEND_PHOTO, _photo_payload(stored)
    if picture is None:
        try:
            async with showing(bot, job.chat_id, thread_id, ChatAction.UPLOAD_PHOTO):
                picture = await services.digester.run(
                    draw_map, stored.digest.locations, services.gazetteer
                )
        except NewsroomError as exc:
            logger.warning("map not drawn digest=%d error=%s", digest_id, exc.code)
            keyboard = pins_keyboard(stored.digest, digest_id)
            method, payload = SEND_MESSAGE, text_payload(texts.MAP_NOT_DRAWN, keyboard=keyboard)
    if picture is not None:  # also where it was drawn before: it is kept for two days from now
        save = partial(save_map, picture=picture, digest_id=digest_id, drawn_at=services.now())
        outcome.add(save)
    outcome.send(
        Delivery(
            chat_id=job.chat_id,
            method=method,
            payload=payload,
            thread_id=thread_id,
            reply_to=job.payload["reply_to"],
        )
    )


def _photo_payload(stored: StoredDigest) -> dict[str, Any]:
    """The picture itself is not copied: the sender reads it from where it is kept."""
    places = mappable(stored.digest.locations)
    return {
        "map_of": stored.id,
        "caption": texts.map_caption([clean_text(place.name) for place in places]),
        "reply_markup": pins_keyboard(stored.digest, stored.id).to_dict(),
    }
