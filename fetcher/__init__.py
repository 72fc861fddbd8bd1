"""The untrusted network: pages to articles."""
