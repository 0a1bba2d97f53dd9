"""How the tiny base model came to be: `python -m local.tiny_base --help`."""
