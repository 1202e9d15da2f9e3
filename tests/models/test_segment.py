"""The net for segments: its size by hand, its outputs, and one message for what it cannot take."""

import pytest

import sweep.models
from sweep.errors import InputError

pytestmark = pytest.mark.tensorflow


def test_the_parameters_are_those_counted_by_hand():
    """Conv 416, Conv 3,104, then 196 x 32 numbers into five classes: 31,365."""
    model = sweep.models.segment_net((200, 4), 5)
    assert model.count_params() == 416 + 3104 + 31365
    assert model.output_shape == (None, 5)
    assert sweep.models.segment_net((200, 4), 2).output_shape == (None, 1)
    assert sweep.models.segment_net((200, 4), 0).output_shape == (None, 1)


@pytest.mark.parametrize(
    ("shape", "classes", "keywords", "said"),
    [
        ((200, 4, 1), 5, {}, "shape .points, channels."),
        ((200, 4), 1, {}, "two classes or more"),
        ((200, 4), 5, {"kernel": 0}, "of at least 1"),
        ((4, 4), 5, {}, "longer than 4 points"),
    ],
)
def test_what_it_cannot_take_is_one_message(shape, classes, keywords, said):
    """Shapes and numbers out of range are refused before Keras sees them."""
    with pytest.raises(InputError, match=said):
        sweep.models.segment_net(shape, classes, **keywords)
