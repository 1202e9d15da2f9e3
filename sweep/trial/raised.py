"""What a function of the user's raised in the middle of Keras's own code."""

from sweep.errors import InputError


class RaisedError(InputError):
    """A function of the user's raised an error, which is kept here, as Keras takes it out of the chain of causes."""

    def __init__(self, message: str, error: BaseException) -> None:
        super().__init__(message)
        self.error = error
