"""Three ways to choose an optimizer, a loss, a schedule or a callback: a word, Keras's class, a function."""

import math
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from sweep.study.parts import Use, check_storable, names_a_function

_FORMS = "{name: ..., keywords} or {use: 'package.module:function', keywords}"


class Named(BaseModel):
    """A class of Keras by its name, compared without case and underscores, and the keywords that it is made with."""

    model_config = ConfigDict(extra="allow", frozen=True)

    name: Annotated[str, Field(description="a class of Keras, such as adamw or binary_focal_crossentropy")]

    @property
    def keywords(self) -> dict[str, Any]:
        """Return the keywords of the class as the study file gives them."""
        return dict(self.model_extra or {})


def in_keywords(value: Mapping[str, Any]) -> Named | Use:
    """Return what a mapping among keywords chooses, as the schedule in `optimizer: {learning_rate: {name: ...}}`.

    Raises:
        ValueError: it has neither `name` nor `use`, or both.
    """
    form = _a_form(value)
    if isinstance(form, str):
        return Named(name=form)
    return Named.model_validate(form) if "name" in form else Use.model_validate(form)


def _a_form(value: Any) -> Any:
    """Return a word or a mapping that has one of the forms; `{name: x}` alone is the word x, and has its id."""
    if isinstance(value, str) and ":" in value:
        raise ValueError(f"{{use: {value!r}}} for a function of yours. Received: the word alone")
    if isinstance(value, Named | Use) or (isinstance(value, str) and value.strip()):
        return value
    if _is_form(value):
        word = value.get("name", value.get("use"))
        if isinstance(word, str) and word.strip():
            if "use" in value:
                names_a_function(word)
            check_storable({key: one for key, one in value.items() if key not in ("name", "use")})
            return word if set(value) == {"name"} else value
    raise ValueError(f"a word, {_FORMS}. Received: {value!r}")


def _losses(value: Any) -> Any:
    """Return what a loss is chosen by, or output -> that, for a model with several outputs."""
    if not isinstance(value, Mapping) or not value or {"name", "use"} & set(value):
        return _a_form(value)
    for name in value:
        if not isinstance(name, str):
            raise ValueError(f"a loss, or a mapping output -> loss. Received: {name!r} as the name of an output")
    try:
        return {name: _a_form(loss) for name, loss in value.items()}
    except ValueError as error:
        raise ValueError(f"a loss, or a mapping output -> loss, where a loss is {error}") from None


def _is_form(value: Any) -> bool:
    if not isinstance(value, Mapping) or not all(isinstance(one, str) for one in value):
        return False
    return ("name" in value) != ("use" in value)


def _a_rate(value: Any) -> Any:
    """Return a number above 0, or what a schedule is chosen by."""
    if isinstance(value, Mapping | Named | Use):
        form = _a_form(value)
        return {"name": form} if isinstance(form, str) else form
    if isinstance(value, str):
        raise ValueError(f"a number. Received: {value!r}. A schedule is {_FORMS}")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"a number. Received: {value!r}")
    if not math.isfinite(value):
        raise ValueError(f"a finite number. Received: {value!r}")
    if value <= 0:
        raise ValueError(f"greater than 0. Received: {value!r}")
    return value


Chosen = Annotated[str | Named | Use, BeforeValidator(_a_form)]
# In this order, since a form such as {name: huber, reduction: sum} would also be a mapping of words.
_OneLoss = Annotated[str | Named | Use, Field(union_mode="left_to_right")]
_AnyLoss = Annotated[str | Named | Use | dict[str, _OneLoss], Field(union_mode="left_to_right")]
Losses = Annotated[_AnyLoss, BeforeValidator(_losses)]
Rate = Annotated[Annotated[float, Field(gt=0)] | Named | Use, BeforeValidator(_a_rate)]
