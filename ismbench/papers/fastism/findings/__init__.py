"""What the paper and its supplement claim, checked on our records."""

from ismbench.papers.fastism.findings.gradients import GRADIENTS
from ismbench.papers.fastism.findings.reach import REACH
from ismbench.papers.fastism.findings.speed import SPEED
from ismbench.papers.fastism.findings.sweeps import SWEEPS
from ismbench.papers.fastism.findings.work import WORK

__all__ = ["FINDINGS"]

FINDINGS = (*WORK, *REACH, *SPEED, *GRADIENTS, *SWEEPS)
