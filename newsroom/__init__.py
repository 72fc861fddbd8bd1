"""From articles to digests, off the event loop; knows no Telegram."""
