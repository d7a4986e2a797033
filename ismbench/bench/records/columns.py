"""The columns of the four record tables: their names, types and meaning."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["CELLS", "METRICS", "RUNS", "SAMPLES", "Column", "Dtype"]

Dtype = Literal["string", "int64", "float64", "bool"]


@dataclass(frozen=True)
class Column:
    """One column of a record table.

    Attributes:
        name: Its name in Parquet and CSV.
        dtype: "string", "int64", "float64" or "bool"; every column may hold nulls.
        meaning: What the value says, with its unit.
    """

    name: str
    dtype: Dtype
    meaning: str


def _columns(*rows: tuple[str, Dtype, str]) -> tuple[Column, ...]:
    return tuple(Column(*r) for r in rows)


_IDENTITY = _columns(
    ("schema_version", "int64", "version of these tables"),
    ("run_id", "string", "the run that made this row; see the table runs"),
    (
        "cell_id",
        "string",
        "hash of the cell's spec, code, versions, device, and of the three hashes of what it used",
    ),
    ("experiment", "string", "name of the experiment"),
    ("model", "string", "name of the model"),
    ("length", "int64", "length of the sequences in base pairs"),
    ("method", "string", "name of the method"),
    ("backend", "string", "Keras backend: tensorflow, jax or torch"),
    ("output_mode", "string", "scalar (one number per sequence is explained) or every (every output value)"),
    ("target", "string", "which outputs are explained, in words"),
    (
        "sequences_per_call",
        "int64",
        "batch size: sequences given to one call; null where it is not this method's",
    ),
    ("mutants_per_forward", "int64", "batch size: mutants in one forward pass; null likewise"),
    ("steps_per_forward", "int64", "batch size: interpolation steps in one forward pass; null likewise"),
    ("references_per_example", "int64", "batch size: baselines per sequence; null likewise"),
)

RUNS = _columns(
    ("schema_version", "int64", "version of these tables"),
    ("run_id", "string", "unique name of this run: UTC start and a random part"),
    ("experiment", "string", "name of the experiment"),
    ("started", "string", "UTC, ISO 8601"),
    ("finished", "string", "UTC, ISO 8601; null if the run was killed"),
    ("exit_code", "int64", "0, 4 or 130; null if the run was killed"),
    ("wall_seconds", "float64", "monotonic time from start to end"),
    ("argv", "string", "command line, JSON list"),
    ("commit", "string", "git commit of the project; null outside a repository"),
    ("dirty", "bool", "the working tree differed from that commit"),
    ("ismbench_version", "string", "version of this package"),
    ("python_version", "string", "version of Python"),
    ("versions", "string", "versions of the libraries, JSON object"),
    ("platform", "string", "operating system"),
    ("machine", "string", "processor, in words"),
    (
        "machine_id",
        "string",
        "hash of processor, cores, memory, device and machine_settings: equal ones compare",
    ),
    ("host", "string", "name of the machine in its network"),
    (
        "affinity",
        "string",
        "numbers of the cores that this process may use, such as 0-3,8; null where unknown",
    ),
    ("governor", "string", "what sets the clock rate of these cores; null where unknown"),
    ("machine_state", "string", "hash of machine_id, host, affinity and governor: times compare within one"),
    ("physical_cores", "int64", "physical cores of the machine"),
    ("usable_cores", "int64", "cores that this process may use"),
    ("memory_bytes", "int64", "memory of the machine"),
    (
        "machine_settings",
        "string",
        "environment variables that set threads and linear algebra libraries, JSON object",
    ),
    ("device", "string", "cpu, or gpu"),
    ("device_name", "string", "the accelerator in words, or the processor"),
    (
        "matmul_per_second",
        "float64",
        "multiply-adds per second of a large float32 matmul on the device, by the first worker of the run",
    ),
    ("copy_bytes_per_second", "float64", "bytes per second read and written by a large copy, on the device"),
    ("spec", "string", "the experiment as it ran, JSON object"),
    ("methods", "string", "what each method of it is and how it appears, by name, JSON object of objects"),
)

CELLS = (
    *_IDENTITY,
    *_columns(
        ("cell_order", "int64", "position in the plan"),
        ("device", "string", "cpu, or gpu"),
        ("dtype", "string", "floating-point type of the model"),
        ("options", "string", "further options of the method, JSON object"),
        (
            "structure_hash",
            "string",
            "hash of the model as built: layers, wiring, code; null where it was not built",
        ),
        ("weights_hash", "string", "hash of the values of the model's weights; null likewise"),
        (
            "sequences_hash",
            "string",
            "hash of the sequences as arrays, their names and planted motifs; null likewise",
        ),
        ("machine_state", "string", "that of the run that made this row: ratios only hold within one"),
        ("status", "string", "one of STATUSES"),
        ("status_reason", "string", "why it is not ok, or a remark"),
        ("stderr_tail", "string", "last lines of the worker's standard error, where it failed"),
        ("n_sequences", "int64", "sequences in one timed repetition"),
        ("n_outputs", "int64", "K: numbers explained per sequence"),
        ("n_positions", "int64", "positions scored per sequence; below length where extrapolated"),
        ("n_samples", "int64", "timed repetitions"),
        ("build_seconds", "float64", "constructing the method"),
        ("first_call_seconds", "float64", "first call: tracing, compiling, precomputing, and one pass"),
        (
            "precompute_seconds",
            "float64",
            "part of build_seconds: what is found once for a model and length; null where there is no such phase",
        ),
        (
            "break_even_sequences",
            "float64",
            "sequences after which precomputation and scoring take less than the best naive_ism; null if never",
        ),
        ("threads", "int64", "threads of a method with a pool of its own (torch); null for the others"),
        ("seconds_per_100_sequences", "float64", "median over the samples, scaled to 100 sequences"),
        ("seconds_per_100_sequences_low", "float64", "10% quantile of the samples, scaled likewise"),
        ("seconds_per_100_sequences_high", "float64", "90% quantile of the samples, scaled likewise"),
        ("seconds_per_100_sequences_min", "float64", "fastest sample, scaled likewise"),
        (
            "mutants_per_second",
            "float64",
            "substitutions answered per second: 3 x positions x sequences / time",
        ),
        (
            "speedup_over_naive",
            "float64",
            "time of the best naive_ism cell of this lane, in this machine_state, over this one's (medians)",
        ),
        (
            "speedup_over_naive_low",
            "float64",
            "lower end of the 90% interval of that ratio, extrapolation_error included; null after one repetition",
        ),
        ("speedup_over_naive_high", "float64", "upper end of that interval; null likewise"),
        ("matmul_per_second", "float64", "matmul rate that this cell's worker measured; see the table runs"),
        (
            "fraction_of_matmul_peak",
            "float64",
            "multiply_adds x 100 / seconds_per_100_sequences / matmul_per_second, of this row",
        ),
        ("multiply_adds", "float64", "multiply-adds needed for one sequence; null where unknown"),
        ("peak_memory_bytes", "int64", "memory that one call needs beyond what was held before it"),
        ("extrapolated", "bool", "a subset of positions was timed and scaled to all of them"),
        (
            "extrapolation_error",
            "float64",
            "|log| of time scaled by positions over time scaled by a line through two counts of them; null if whole",
        ),
        (
            "max_abs_deviation",
            "float64",
            "exact methods, and those that give sizes of effects: largest |difference to naive ISM| / largest |effect|",
        ),
        ("predicted_seconds", "float64", "what the plan expected for the whole cell"),
        ("predicted_bytes", "float64", "what the plan expected for the peak memory"),
        ("finished", "string", "UTC, ISO 8601"),
    ),
)

SAMPLES = (
    *_IDENTITY,
    *_columns(
        ("repetition", "int64", "number of the round, from 0"),
        ("seconds", "float64", "time of this repetition, for n_sequences x n_positions"),
        ("n_sequences", "int64", "sequences in this repetition"),
        ("n_positions", "int64", "positions scored per sequence"),
        ("checked", "bool", "the output of this repetition is the one that was compared and scored"),
    ),
)

METRICS = (
    *_IDENTITY,
    *_columns(
        ("metric", "string", "name of the metric, such as pearson_map"),
        (
            "versus",
            "string",
            "what the scores were compared with: a method's name, 'truth' (exact ISM of the simulating function),"
            " 'planted', 'experiment' (measured effects), 'random weights' (of a model that has lost its own),"
            " what stability was asked of ('shift', 'reverse complement', 'seed', 'other weights'),"
            " 'rules' (that the model consists of), 'pairs' (pairwise ISM), or null",
        ),
        (
            "scope",
            "string",
            "sequence (one value each), pooled (over all at once), or summary (over sequences)",
        ),
        ("sequence", "string", "name of the sequence; null unless scope is sequence"),
        (
            "statistic",
            "string",
            "value (scope sequence: the mean over outputs), or in summaries over sequences mean, mean_low and mean_high"
            " (its 95% interval), median, q05, q25, q75, q95, n_undefined (sequences)",
        ),
        ("value", "float64", "the number; null where undefined (a constant vector has no correlation)"),
        (
            "n",
            "int64",
            "what the value rests on: pairs of numbers compared, subsets of positions (faithfulness), sequences with a"
            " defined value (summary), or 1",
        ),
    ),
)
