"""Sequences: one-hot arrays, FASTA files, random and shuffled DNA. Channels last, order A, C, G, T."""

from ismbench.sequence.encoding import DNA, OneHot, check_one_hot, decode, one_hot, reverse_complement
from ismbench.sequence.fasta import read_fasta, shipped_dm3
from ismbench.sequence.sequence_set import MotifSite, SequenceSet
from ismbench.sequence.shuffle import dinucleotide_shuffle, random_dna
from ismbench.sequence.signals import SignalSet

__all__ = [
    "DNA",
    "MotifSite",
    "OneHot",
    "SequenceSet",
    "SignalSet",
    "check_one_hot",
    "decode",
    "dinucleotide_shuffle",
    "one_hot",
    "random_dna",
    "read_fasta",
    "reverse_complement",
    "shipped_dm3",
]
