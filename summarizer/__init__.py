"""Text to Digest: key points, who said what, and where. Pure: no network, no clock, no storage."""
