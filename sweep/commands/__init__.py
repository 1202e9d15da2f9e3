"""The commands, a file each; `sweep/cli.py` puts them together."""
