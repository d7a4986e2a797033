"""The geometry of windows against brute force: mark what changes, and look where the marks arrive."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ismbench.engine.rules.geometry import padding_left
from ismbench.engine.span import (
    Blocks,
    Level,
    Window,
    align,
    convolve,
    frame,
    share,
    transpose_convolve,
    union,
    whole,
)

LENGTHS = st.integers(1, 40)


@st.composite
def windows(draw: st.DrawFn, length: int | None = None) -> Window:
    """A window of some width at every position, as a first layer could leave it."""
    n = length if length is not None else draw(LENGTHS)
    width, offset = draw(st.integers(1, 9)), draw(st.integers(-8, 8))
    return Window(np.arange(n) + offset, width, n, Level.OWN)


def covered(window: Window, i: int) -> set[int]:
    """Positions of the axis inside window number i."""
    start = int(window.starts[i])
    return {p for p in range(start, start + window.width) if 0 <= p < window.length}


def readers(
    inputs: set[int], outputs: int, *, kernel: int, stride: int, dilation: int, left: int
) -> set[int]:
    """Outputs of a sliding operation that read any of these inputs."""
    return {
        o for o in range(outputs) if any(o * stride - left + t * dilation in inputs for t in range(kernel))
    }


SLIDING = st.fixed_dictionaries(
    {
        "kernel": st.integers(1, 7),
        "stride": st.integers(1, 9),
        "dilation": st.integers(1, 4),
        "left": st.integers(0, 6),
    }
)


@given(window=windows(), outputs=LENGTHS, taps=SLIDING)
def test_a_convolved_window_holds_every_output_that_changes(
    window: Window, outputs: int, taps: dict[str, int]
) -> None:
    out = convolve(window, outputs, **taps)
    for i in range(len(window.starts)):
        assert readers(covered(window, i), outputs, **taps) <= covered(out, i)


@given(window=windows(), taps=SLIDING)
def test_a_convolved_window_is_no_wider_than_the_worst_position_needs(
    window: Window, taps: dict[str, int]
) -> None:
    far = 10_000
    middle = Window(window.starts + far, window.width, 2 * far, Level.OWN)
    out = convolve(middle, 2 * far, **taps)
    widest = 1
    for i in range(len(middle.starts)):
        inputs = set(range(int(middle.starts[i]), int(middle.starts[i]) + middle.width))
        low, high = int(out.starts[i]) - 20, int(out.starts[i]) + out.width + 20
        changed = [
            o
            for o in range(low, high)
            if any(
                o * taps["stride"] - taps["left"] + t * taps["dilation"] in inputs
                for t in range(taps["kernel"])
            )
        ]
        widest = max(widest, changed[-1] - changed[0] + 1 if changed else 1)
    # Gaps of a dilated kernel and of a stride may leave the ends of a window unchanged at every position.
    slack = 0 if taps["dilation"] == 1 else taps["dilation"] * taps["kernel"]
    assert widest <= out.width <= widest + slack


@given(window=windows(), outputs=LENGTHS, taps=SLIDING)
def test_a_frame_holds_every_input_that_a_window_reads(
    window: Window, outputs: int, taps: dict[str, int]
) -> None:
    out = convolve(window, outputs, **taps)
    inside = frame(out, window.length, **taps)
    for i in range(len(out.starts)):
        for o in range(int(out.starts[i]), int(out.starts[i]) + out.width):
            for t in range(taps["kernel"]):
                place = o * taps["stride"] - taps["left"] + t * taps["dilation"] - int(inside.starts[i])
                assert 0 <= place < inside.width


@given(
    window=windows(), kernel=st.integers(1, 6), stride=st.integers(1, 7), dilation=st.integers(1, 3),
    left=st.integers(0, 5),
)  # fmt: skip
def test_a_transposed_window_holds_exactly_what_its_inputs_write(
    window: Window, kernel: int, stride: int, dilation: int, left: int
) -> None:
    reach = (kernel - 1) * dilation
    out = transpose_convolve(window, 500, reach=reach, stride=stride, left=left)
    for i, start in enumerate(window.starts):
        inputs = range(int(start), int(start) + window.width)
        written = {j * stride - left + t * dilation for j in inputs for t in range(kernel)}
        assert min(written) == out.starts[i]
        assert max(written) == out.starts[i] + out.width - 1


@given(window=windows(), stride=st.integers(1, 8), phase=st.integers(0, 7))
def test_an_aligned_window_holds_the_window_and_starts_at_the_phase(
    window: Window, stride: int, phase: int
) -> None:
    out = align(window, stride, phase)
    assert out.width % stride == 0
    assert ((out.starts - phase) % stride == 0).all()
    assert (out.starts <= window.starts).all()
    assert (out.starts + out.width >= window.starts + window.width).all()
    assert out.width < window.width + 2 * stride


@given(window=windows(), size=st.integers(1, 50))
def test_a_shared_window_holds_those_of_its_block_and_no_more(window: Window, size: int) -> None:
    blocks = Blocks(len(window.starts), size)
    out = share(window, blocks)
    assert out.level is Level.SHARED
    assert len(out.starts) == blocks.count
    needed = 0
    for b in range(blocks.count):
        mine = window.starts[blocks.of_position == b]
        assert out.starts[b] == mine.min()
        assert out.starts[b] + out.width >= mine.max() + window.width
        needed = max(needed, int(mine.max() - mine.min()) + window.width)
    assert out.width == needed
    assert share(out, blocks) is out


@given(data=st.data(), length=LENGTHS, size=st.integers(1, 20), shared=st.booleans())
def test_a_union_holds_both_and_no_more(data: st.DataObject, length: int, size: int, shared: bool) -> None:
    blocks = Blocks(length, size)
    pair = [data.draw(windows(length)), data.draw(windows(length))]
    if shared:
        pair[1] = share(pair[1], blocks)
    out = union(pair, blocks)
    assert out.level is max(w.level for w in pair)
    same_level = [share(w, blocks) if out.level is Level.SHARED else w for w in pair]
    ends = [w.starts + w.width for w in same_level]
    assert (out.starts == np.minimum(same_level[0].starts, same_level[1].starts)).all()
    assert out.width == (np.maximum(*ends) - out.starts).max()


def test_full_inside_and_same() -> None:
    window = Window(np.arange(4), 2, 5, Level.OWN)
    assert window.inside
    assert not window.full
    assert not Window(np.arange(5), 2, 5, Level.OWN).inside
    assert whole(window, 5, 1).full
    assert whole(window).axis is None
    assert whole(window).full
    assert not Window(np.arange(4), 5, 5, Level.OWN).full
    assert window.same(Window(np.arange(4), 2, 5, Level.OWN))
    assert not window.same(Window(np.arange(4) + 1, 2, 5, Level.OWN))
    assert not window.same(share(window, Blocks(4, 2)))


def brute_padding(length: int, kernel: int, stride: int, dilation: int) -> int:
    """What "same" puts in front: half of what ceil(length / stride) outputs read beyond the input, rounded down."""
    outputs = -(-length // stride)
    read = (outputs - 1) * stride + (kernel - 1) * dilation + 1
    return max(read - length, 0) // 2


@given(length=LENGTHS, kernel=st.integers(1, 9), stride=st.integers(1, 9), dilation=st.integers(1, 4))
def test_padding(length: int, kernel: int, stride: int, dilation: int) -> None:
    assert padding_left("valid", length, kernel, stride, dilation) == 0
    assert padding_left("causal", length, kernel, stride, dilation) == (kernel - 1) * dilation
    expected = brute_padding(length, kernel, stride, dilation)
    assert padding_left("same", length, kernel, stride, dilation) == expected
