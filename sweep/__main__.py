"""`python -m sweep`: the command line."""

from sweep.commands.entry import main

main()
