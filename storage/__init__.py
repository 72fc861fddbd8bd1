"""SQL only: the tables, their migrations, and functions from rows to models."""
