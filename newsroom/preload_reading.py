"""Importing this module loads what reads pages: the fork server does so before it forks."""

from newsroom.worker import preload_reading

preload_reading()
