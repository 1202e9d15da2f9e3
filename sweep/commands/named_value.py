"""Options of the form METRIC=NUMBER, as in `--published hter=0.031`."""

from sweep.errors import InputError


def named_value(text: str, option: str) -> tuple[str, float]:
    """Return the metric and its number.

    Raises:
        InputError: not METRIC=NUMBER.
    """
    name, numbers = named_values(text, option)
    if len(numbers) != 1:
        raise InputError(f"Expected {option} METRIC=NUMBER, as hter=0.031. Received: {text}.")
    return name, numbers[0]


def named_values(text: str, option: str) -> tuple[str, list[float]]:
    """Return the metric and its numbers, which stand between commas.

    Raises:
        InputError: not METRIC=NUMBER,NUMBER ...
    """
    name, equals, numbers = text.partition("=")
    try:
        values = [float(number) for number in numbers.split(",")]
    except ValueError:
        values = []
    if not equals or not name.strip() or not values:
        raise InputError(f"Expected {option} METRIC=NUMBER, as hter=0.031. Received: {text}.")
    return name.strip(), values


def counts_of(text: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the counts of FA/N,FR/N: (false accepts, impostors), (false rejects, genuine).

    Raises:
        InputError: anything else.
    """
    try:
        accepts, rejects = ([float(number) for number in part.split("/")] for part in text.split(","))
        (wrong_a, n_a), (wrong_r, n_r) = accepts, rejects
    except ValueError:
        raise InputError(
            f"Expected --published-errors FA/N,FR/N, as 12/400,9/200. Received: {text}. Give false accepts of impostor "
            "tries, then false rejects of genuine tries."
        ) from None
    return (wrong_a, n_a), (wrong_r, n_r)
