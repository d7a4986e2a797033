"""What scores are judged by: a track is one file, which looks at a lane once and then judges any cell's scores."""

from ismbench.bench.measure.tracks import (
    agreement,
    decoys,
    discordance,
    faithfulness,
    measured,
    motifs,
    planted,
    randomisation,
    rules,
    stability,
    truth,
)
from ismbench.bench.measure.tracks.judged_lane import Judge, JudgedLane

__all__ = ["TRACKS", "JudgedLane", "open_tracks"]

TRACKS = (
    agreement,
    truth,
    planted,
    decoys,
    rules,
    motifs,
    measured,
    faithfulness,
    randomisation,
    stability,
    discordance,
)
"""Each has ``open_track(lane)``, which gives None where a lane has nothing to judge by."""


def open_tracks(lane: JudgedLane) -> tuple[Judge, ...]:
    """The judges of a lane, in the order of the tracks."""
    return tuple(judge for track in TRACKS if (judge := track.open_track(lane)) is not None)
