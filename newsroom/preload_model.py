"""Importing this module loads the default model: the fork server does so before it forks."""

from newsroom.worker import preload_default_model

preload_default_model()
