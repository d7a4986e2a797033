import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ismbench.errors import InputError
from ismbench.sequence import check_one_hot, decode, one_hot, random_dna, reverse_complement

letters = st.integers(1, 40).flatmap(
    lambda length: st.lists(st.text("ACGTN", min_size=length, max_size=length), min_size=1, max_size=5)
)


def test_channels_are_a_c_g_t_and_ambiguous_letters_are_zero() -> None:
    np.testing.assert_array_equal(one_hot(["ACGT"])[0], np.eye(4))
    assert not one_hot(["NRYSWKMBDHV"]).any()


def test_the_result_is_float32_with_channels_last() -> None:
    x = one_hot(["AAC", "GTN"])
    assert x.dtype == np.float32
    assert x.shape == (2, 3, 4)


@given(letters)
def test_decode_inverts_one_hot(sequences: list[str]) -> None:
    assert decode(one_hot(sequences)) == sequences
    assert decode(one_hot([s.lower() for s in sequences])) == sequences


@pytest.mark.parametrize(
    ("alphabet", "sequence", "back"),
    [("ACGU", "ACGUN", "ACGUN"), ("ACDEFGHIKLMNPQRSTVWY", "MNX", "MNX"), ("TGCA", "ACGTN", "ACGTN")],
)
def test_other_alphabets(alphabet: str, sequence: str, back: str) -> None:
    x = one_hot([sequence], alphabet)
    assert x.shape == (1, len(sequence), len(alphabet))
    assert decode(x, alphabet) == [back]


@pytest.mark.parametrize(
    ("sequences", "message"),
    [
        ("ACGT", "one string"),
        ([], "At least one sequence"),
        (["ACGT", ""], "sequence 1, which is empty"),
        (["ACGT", "ACG"], "4 in sequence 0 and 3 in sequence 1"),
        (["ACGT", "ACXT"], "'X' in sequence 1 at position 3"),
        (["AC-T"], "'-' in sequence 0 at position 3"),
        (["ACéT"], "'é' in sequence 0 at position 3"),
        (["ACGU"], "'U' in sequence 0 at position 4"),
    ],
)
def test_bad_letters_get_one_clear_line(sequences: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message) as raised:
        one_hot(sequences)
    assert "\n" not in str(raised.value)


def test_names_of_the_caller_appear_in_errors() -> None:
    with pytest.raises(InputError, match="'!' in chr1 at position 2"):
        one_hot(["A!"], names=["chr1"])
    with pytest.raises(InputError, match="one name"):
        one_hot(["A"], names=["a", "b"])


@pytest.mark.parametrize("alphabet", ["acgt", "AACG", "ACGÜ", ""])
def test_a_broken_alphabet_is_refused(alphabet: str) -> None:
    with pytest.raises(InputError, match="alphabet"):
        one_hot(["A"], alphabet)


def test_valid_arrays_pass_unchanged() -> None:
    x = random_dna(2, 5, 0)
    assert check_one_hot(x) is x
    np.testing.assert_array_equal(check_one_hot(x.astype(np.int8)), x)
    np.testing.assert_array_equal(check_one_hot(x.astype(bool).tolist()), x)


def test_soft_columns_pass_only_where_allowed() -> None:
    x = np.full((1, 2, 4), 0.25)
    assert check_one_hot(x, allow_soft=True).dtype == np.float32
    with pytest.raises(InputError, match=r"\[0.25, 0.25, 0.25, 0.25\] in sequence 0 at position 0 \(2 such"):
        check_one_hot(x)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.zeros((3, 4)), r"one sequence is x\[None\]"),
        (np.zeros((0, 3, 4)), "none of them 0"),
        (np.zeros((1, 4, 9)), "channels come last"),
        (np.zeros((1, 9, 5)), r"\(N, L, 4\)"),
        (np.full((1, 3, 4), "A"), "encode letters"),
        (np.full((1, 3, 4), np.nan), "nan"),
        (np.ones((1, 3, 4)), r"\[1, 1, 1, 1\]"),
        (np.full((1, 3, 4), -1.0), "-1"),
    ],
)
@pytest.mark.parametrize("allow_soft", [False, True])
def test_arrays_that_are_not_one_hot(x: np.ndarray, message: str, allow_soft: bool) -> None:
    with pytest.raises(InputError, match=message):
        check_one_hot(x, alphabet_size=4, allow_soft=allow_soft)


def test_the_name_of_the_argument_appears_in_errors() -> None:
    with pytest.raises(InputError, match=r"^background must"):
        check_one_hot(np.zeros(3), name="background")


@given(letters)
def test_reverse_complement_matches_letters(sequences: list[str]) -> None:
    pairs = str.maketrans("ACGT", "TGCA")
    assert decode(reverse_complement(one_hot(sequences))) == [s[::-1].translate(pairs) for s in sequences]


@given(arrays(np.float32, (2, 3, 4), elements=st.floats(-5, 5, width=32)))
def test_reverse_complement_is_its_own_inverse(x: np.ndarray) -> None:
    np.testing.assert_array_equal(reverse_complement(reverse_complement(x)), x)


def test_reverse_complement_needs_four_channels() -> None:
    with pytest.raises(InputError, match=r"\(5, 3\)"):
        reverse_complement(np.zeros((5, 3)))
