"""The reader of saturation mutagenesis tables."""

from pathlib import Path

import numpy as np
import pytest

from ismbench.errors import InputError
from ismbench.measured import Element, effects, read_elements, read_satmut
from ismbench.sequence import one_hot

HEAD = "Chrom\tPos\tRef\tAlt\tBarcodes\tDNA\tRNA\tCoefficient\tpValue\tElement\tRelease\n"


def table(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "elements.tsv"
    path.write_text(HEAD + "".join(row.replace(" ", "\t") + "\n" for row in rows))
    return path


def test_rows_that_count(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "1 101 A C 20 1 1 -0.5 0.01 E GRCh38",
        "1 101 A - 20 1 1 -0.7 0.01 E GRCh38",  # a deletion
        "1 101 A G 3 1 1 0.9 0.5 E GRCh38",  # too few barcodes
        "1 91 A C 20 1 1 -0.5 0.01 E GRCh37",  # the other release
    )
    (variant,) = read_satmut(path)
    assert (variant.position, variant.ref, variant.alt, variant.effect) == (101, "A", "C", -0.5)


def test_effects_stand_at_their_place(tmp_path: Path) -> None:
    fasta = tmp_path / "e.fa"
    fasta.write_text(">E GRCh38 1:100-103 (1-based)\nCAGN")
    element = read_elements(fasta)["E"]
    assert element.x[3].sum() == 0
    measured = effects(element, read_satmut(table(tmp_path, "1 101 A T 20 1 1 0.25 0.01 E GRCh38")))
    assert measured[1, 3] == 0.25
    assert np.isfinite(measured).sum() == 1


def test_a_variant_that_contradicts_its_element(tmp_path: Path) -> None:
    element = Element("E", "1", 100, one_hot(["CAG"])[0])
    for row in ("1 100 A T 20 1 1 0.25 0.01 E GRCh38", "1 999 A T 20 1 1 0.25 0.01 E GRCh38"):
        with pytest.raises(InputError, match="must fit the sequence"):
            effects(element, read_satmut(table(tmp_path, row)))


def test_broken_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="must exist"):
        read_satmut(tmp_path / "none.tsv")
    (tmp_path / "x.tsv").write_text("a\tb\n1\t2\n")
    with pytest.raises(InputError, match="need the columns"):
        read_satmut(tmp_path / "x.tsv")
    with pytest.raises(InputError, match="must have numbers"):
        read_satmut(table(tmp_path, "1 x A C 20 1 1 -0.5 0.01 E GRCh38"))
    (tmp_path / "e.fa").write_text(">E GRCh38 1:100-109\nCAGN")
    with pytest.raises(InputError, match="header"):
        read_elements(tmp_path / "e.fa")


@pytest.mark.shared_data
def test_the_measured_elements(shared_data: Path) -> None:
    folder = shared_data / "satmut_mpra"
    variants = read_satmut(folder / "elements.tsv.gz")
    elements = read_elements(folder / "elements_GRCh38.reconstructed.fa")
    assert len(variants) > 20_000
    covered = [name for name, e in elements.items() if np.isfinite(effects(e, variants)).sum() > 300]
    assert len(covered) > 20
