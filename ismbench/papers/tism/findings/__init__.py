"""What the paper claims, checked on our records."""

from ismbench.papers.tism.findings.ablations import ABLATION_CLAIMS
from ismbench.papers.tism.findings.agreement import AGREEMENT
from ismbench.papers.tism.findings.course import COURSE_CLAIMS
from ismbench.papers.tism.findings.ctcf import CTCF
from ismbench.papers.tism.findings.discussion import DISCUSSION
from ismbench.papers.tism.findings.initialisations import INITIALISATION_CLAIMS
from ismbench.papers.tism.findings.levels import LEVELS
from ismbench.papers.tism.findings.motifs import MOTIF_CLAIMS
from ismbench.papers.tism.findings.sizes import SIZE_CLAIMS
from ismbench.papers.tism.findings.speed import SPEED

__all__ = ["FINDINGS"]

FINDINGS = (
    *AGREEMENT,
    *CTCF,
    *LEVELS,
    *SPEED,
    *INITIALISATION_CLAIMS,
    *SIZE_CLAIMS,
    *COURSE_CLAIMS,
    *ABLATION_CLAIMS,
    *MOTIF_CLAIMS,
    *DISCUSSION,
)
