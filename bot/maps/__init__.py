"""The map of a digest: a picture of its places, drawn offline."""
