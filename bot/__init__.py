"""Telegram, the command line and composition."""
