"""`python -m sweep`: the command line."""

from sweep.commands.cli import main

main()
