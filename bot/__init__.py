"""Telegram, the command line and composition."""

import os

# How python-telegram-bot is told to give spans of time as timedelta, as its next version will.
os.environ.setdefault("PTB_TIMEDELTA", "1")
