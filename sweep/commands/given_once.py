"""A command whose options are given once: a second `--dev` would otherwise take the place of the first in silence."""

from typing import Any

from typer.core import TyperCommand

from sweep.errors import InputError


class GivenOnce(TyperCommand):
    """Refuses an option that is given twice, unless it may be repeated."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Return the arguments left over; raise InputError on a repeated option."""
        try:
            *_, order = self.make_parser(ctx).parse_args(args=list(args))
        except Exception as error:  # noqa: BLE001 - a wrong option: the parser of the command says it below
            del error
            order = []
        seen = set()
        for one in order:
            if (
                one.param_type_name == "option"
                and not one.multiple
                and one.name in seen
                and not getattr(one, "count", 0)
            ):
                raise InputError(f"Expected {one.opts[0]} once. Received: it twice. Leave one out.")
            seen.add(one.name)
        return super().parse_args(ctx, args)
