"""Models that are turned, options of the wrong kind, and chromosome sizes."""

import keras
import numpy as np
import pytest

import ismbench as package
from ismbench.errors import InputError
from tests.scoring.files_as_they_come.conftest import FILES


def shaped(*shape: int) -> keras.Model:
    x = keras.Input(shape)
    return keras.Model(x, keras.layers.Dense(1)(keras.layers.Flatten()(x)))


@pytest.mark.parametrize("shape", [(4, 100), (100, 4, 1), (1, 100, 4), (4, 100, 1), (4, 1, 100), (100, 1, 4)])
def test_models_that_take_turned_input_are_told_how_to_mend_it(shape, genome, tmp_path):
    model = shaped(*shape)
    with pytest.raises(InputError, match="channels last") as told:
        package.score(model, FILES / "no_newline.bed", tmp_path / "out.zarr", genome=genome)
    mended = eval(str(told.value).partition("x = keras.Input((100, 4)); ")[2], {  # the line of the message itself
        "keras": keras, "model": model, "x": keras.Input((100, 4)),
    })  # fmt: skip
    data = package.score(
        mended, FILES / "no_newline.bed", tmp_path / "out.zarr", genome=genome, method="gradient"
    )
    one_hot = data.one_hot.values.astype("float32")
    turned = one_hot.swapaxes(1, 2) if next(n for n in shape if n != 1) == 4 else one_hot
    expected = model.predict(turned.reshape(1, *shape), verbose=0)
    np.testing.assert_allclose(data.prediction.values, expected, atol=1e-5)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"shifts": 3}, "which leave 3 of 100 out"),
        ({"shifts": "1,2"}, "Shifts are whole numbers"),
        ({"shifts": (0, 0.5)}, "Shifts are whole numbers"),
        ({"on_error": "ignore"}, "'stop' or 'skip'"),
        ({"rc": "yes"}, "True or False"),
        ({"target": 0.5}, "of type float"),
        ({"window": "3"}, "whole number"),
        ({"window": True}, "whole number"),
        ({"input_format": "peaks"}, "format of inputs"),
        ({"rc_outputs": "turn"}, "without --rc"),
        ({"compare": "log2fc:head"}, "for variants"),
    ],
    ids=str,
)
def test_what_python_is_given_is_checked(options, words, scored, tmp_path):
    with pytest.raises(InputError, match=words):
        scored(FILES / "no_newline.bed", **options)
    assert not [path for path in tmp_path.iterdir() if ".zarr" in path.name]


def test_sizes_may_have_comments_and_spaces():
    from ismbench.scoring.export.sizes import read_sizes

    assert read_sizes(FILES / "comments.sizes") == {"chr1": 6000, "chr2": 3000}


@pytest.mark.parametrize("text", ["chr1\n", "chr1\tx\n", "chr1\t5\nchr1\t6\n"])
def test_a_bad_line_of_sizes_is_named(text, tmp_path):
    from ismbench.scoring.export.sizes import read_sizes

    (tmp_path / "s").write_text("# sizes\n" + text)
    with pytest.raises(InputError, match=f"in line {1 + text.count(chr(10))} of"):
        read_sizes(tmp_path / "s")
