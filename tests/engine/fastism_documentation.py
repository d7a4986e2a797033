"""The code of the original fastISM's documentation (0.5.0, June 2022), word for word; pages break some of it in two."""

from dataclasses import dataclass

__all__ = ["BELUGA", "EXAMPLES", "SIGNATURES", "SUPPORTED", "Quoted"]


@dataclass(frozen=True)
class Quoted:
    """Code of the documentation.

    Attributes:
        place: Its section.
        parts: The code; a part for each page that it is on.
        indent: Spaces that the last part lost at the break.
        repairs: What the text has lost, and what stands in the documentation: line breaks, and a sign of a slice.
    """

    place: str
    parts: tuple[str, ...]
    indent: int = 0
    repairs: tuple[tuple[str, str], ...] = ()

    @property
    def code(self) -> str:
        """What it says, to be run: without prompts and what they print, the parts joined."""
        *rest, last = self.parts
        last = "\n".join(" " * self.indent + line if line else line for line in last.splitlines())
        code = "\n".join(_without_prompts(part) for part in (*rest, last))
        for lost, meant in self.repairs:
            code = code.replace(lost, meant)
        return code


def _without_prompts(text: str) -> str:
    lines = text.splitlines()
    if not any(line.startswith(">>> ") for line in lines):
        return text
    kept, inside = [], not lines[0].startswith((">>> ", "#"))
    for line in lines:
        if line.startswith(">>> "):
            inside = True
            kept.append(line.removeprefix(">>> "))
        elif inside and line.startswith(("    ", "  ", "def ")):
            kept.append(line)
    return "\n".join(kept)


USAGE = Quoted(
    "1.2 Usage",
    (
        """from fastism import FastISM

fast_ism_model = FastISM(model)

for seq_batch in sequences:
    # seq_batch has dim (B, S, C)""",
        """ism_seq_batch = fast_ism_model(seq_batch)
# ism_seq_batch has dim (B, S, num_outputs)""",
    ),
    indent=4,
)

BENCHMARK = Quoted(
    "1.3 Benchmark",
    (
        """>>> from fastism import FastISM, NaiveISM
>>> from fastism.models.basset import basset_model
>>> import tensorflow as tf
>>> import numpy as np
>>> from time import time

>>> model = basset_model(seqlen=1000)
>>> naive_ism_model = NaiveISM(model)
>>> fast_ism_model = FastISM(model)

>>> def time_ism(m, x):
    t = time()
    o = m(x)
    print(time()-t)
    return o

>>> x = tf.random.uniform((1024, 1000, 4),
                           dtype=model.input.dtype)

>>> naive_out = time_ism(naive_ism_model, x)
144.013728
>>> fast_out = time_ism(fast_ism_model, x)
13.894407
>>> np.allclose(naive_out, fast_out, atol=1e-6)
True
>>> np.allclose(fast_out, naive_out, atol=1e-6)
True # np.allclose is not symmetric""",
    ),
)

MUTATIONS = Quoted(
    "2.1 Alternate Mutations",
    (
        """fast_ism_model = FastISM(model)

mutations = [[1,0,0,0],
             [0,1,0,0],
             [0,0,1,0],
             [0,0,0,1]]

for seq_batch in sequences:
    # seq_batch has dim (B, S, C)
    for m in mutations:
        ism_seq_batch = fast_ism_model(seq_batch, replace_with=m)
        # ism_seq_batch has dim (B, S, num_outputs)
        # process/store ism_seq_batch""",
    ),
)

RANGES = Quoted(
    "2.2 Alternate Ranges",
    (
        """# specific mutation to introduce
mut = [[0,0,0,1],
        [0,0,0,1],
        [0,0,0,1]]

# ranges where mutation should be introduced
mut_ranges = [(i,i+3) for i in range(425,575)]

fast_ism_model = FastISM(model,
                        change_ranges = mut_ranges)

for seq_batch in sequences:
    ism_seq_batch = fast_ism_model(seq_batch, replace_with=mut)""",
    ),
)

TWO_INPUTS = Quoted(
    "2.3 Multi-input Models",
    (
        """def get_model():
    rna = tf.keras.Input((100,)) # non-sequence input
    seq = tf.keras.Input((100,4))

    x = tf.keras.layers.Conv1D(20, 3)(seq)
    x = tf.keras.layers.Conv1D(20, 3)(x)
    x = tf.keras.layers.Flatten()(x)

    rna_fc = tf.keras.layers.Dense(10)(rna)

    x = tf.keras.layers.Concatenate()([x, rna_fc])
    x = tf.keras.layers.Dense(10)(x)
    x = tf.keras.layers.Dense(1)(x)
    model = tf.keras.Model(inputs=[rna,seq], outputs=x)

    return model""",
    ),
)

SECOND_INPUT = Quoted(
    "2.3 Multi-input Models",
    (
        """>>> model = get_model()
>>> fast_ism_model = FastISM(model, seq_input_idx=1)""",
    ),
)

PAIRS = Quoted(
    "2.3 Multi-input Models",
    (
        """for rna_batch, seq_batch in data_batches:
    ism_batch = fast_ism_model([rna_batch, seq_batch])""",
    ),
)

TOGETHER = Quoted(
    "2.3 Multi-input Models",
    (
        """# or equivalently without splitting inputs
for data_batch in data_batches:
    ism_batch = fast_ism_model(data_batch)""",
    ),
)

RECURSIVE = Quoted(
    "2.4 Recursively Defined Models",
    (
        """def res_block(input_shape):
    inp = tf.keras.Input(shape=input_shape)
    x = tf.keras.layers.Conv1D(20, 3, padding='same')(inp)
    x = tf.keras.layers.Add()([inp, x])
    model = tf.keras.Model(inputs=inp, outputs=x)
    return model

def fc_block(input_shape):
    inp = tf.keras.Input(shape=input_shape)
    x = tf.keras.layers.Dense(10)(inp)
    x = tf.keras.layers.Dense(1)(x)

    model = tf.keras.Model(inputs=inp, outputs=x)
    return model

def get_model():
    res = res_block(input_shape=(108, 20))
    fcs = fc_block(input_shape=(36*20,))

    inp = tf.keras.Input((108, 4))
    x = tf.keras.layers.Conv1D(20, 3, padding='same')(inp)
    x = res(x)
    x = tf.keras.layers.MaxPooling1D(3)(x)
    x = tf.keras.layers.Flatten()(x)
    x = fcs(x)

    model = tf.keras.Model(inputs=inp, outputs=x)

    return model""",
        """>>> model = get_model()
>>> fast_ism_model = FastISM(model)""",
    ),
)

POOLING = Quoted(
    "5.5 Pooling Layers",
    (
        """class AttentionPooling1D(tf.keras.layers.Layer):
    # don't forget to add **kwargs
    def __init__(self, pool_size = 2, **kwargs):
        super().__init__()
        self.pool_size = pool_size

        # need for pooling layer
        self.strides = self.pool_size
        self.padding = "valid" # ensure it behaves like MaxPooling1D with valid_
        padding""",
        """        self.data_format = "channels_last"

    def build(self, input_shape):
        _, length, num_features = input_shape
        self.w = self.add_weight(
            shape=(num_features, num_features),
            initializer="random_normal",
            trainable=True,
        )

    # implement so that layer can be duplicated
    def get_config(self):
        config = super().get_config()
        config.update({
            "pool_size": self.pool_size,
            "data_format": self.data_format,
            "strides": self.strides,
            "padding": self.padding
        })""",
        """    return config

def call(self, inputs):
    _, length, num_features = inputs.shape

    if length == None: # this can happen at when creating fast_ism_model
        return inputs # don't do anything for now

    inputs = tf.reshape(
        inputs,
        (-1, length // self.pool_size, self.pool_size, num_features))

    return tf.reduce_sum(
        inputs * tf.nn.softmax(tf.matmul(inputs, self.w), axis=-2),
        axis=-2)""",
    ),
    indent=4,
    repairs=(("valid_\n        padding", "valid padding"),),
)

BELUGA_TIME = Quoted(
    "3.4 Benchmark",
    (
        """def time_ism(ism_model, batch_sizes, seqlen):
    times = []
    per_100 = []
    for b in batch_sizes:
        # using randomly initialized tensors for benchmarking
        x = np.random.random((b, seqlen, 4))
        x = tf.constant(x, dtype=ism_model.model.input.dtype)

        t = time.time()
        # each position is substituted with 0s for benchmarking
        ism_model(x)
        times.append(time.time()-t)

        per_100.append((times[-1]/b)*100)

    print("BATCH: {} \\t TIME: {:.2f} \\t PER 100: {:.2f}".format(b, times[-1], (times[-1]/b)*100))

    print("BEST PER 100: {:.2f}".format(min(per_100)))""",
    ),
)

BELUGA_MODELS = Quoted(
    "3.4 Benchmark",
    (
        "fast_ism_model = fastism.FastISM(model, test_correctness=False)",
        "time_ism(fast_ism_model, [128, 512], 2000)",
        "naive_ism_model = fastism.NaiveISM(model)",
        "time_ism(naive_ism_model, [128, 512], 2000)",
    ),
)

BELUGA_ENCODING = Quoted(
    "3.5 Run on Custom Sequences",
    (
        """sequences = [chr3_enhancer]*5

#We define a function to do the one-hot encoding
onehot_mapping = {
    'A': [1,0,0,0],
    'C': [0,1,0,0],
    'G': [0,0,1,0],
    'T': [0,0,0,1],
    'N': [0,0,0,0],
    'a': [1,0,0,0],
    'c': [0,1,0,0],
    'g': [0,0,1,0],
    't': [0,0,0,1],
}

def one_hot_encode(sequence):
    return np.array([onehot_mapping[x] for x in sequence])

onehot_sequences = np.array([one_hot_encode(x) for x in sequences])""",
    ),
)

BELUGA_SCAN = Quoted(
    "3.5 Run on Custom Sequences",
    (
        """x = tf.constant(onehot_sequences, dtype=model.input.dtype)
mutations = [[1,0,0,0],
             [0,1,0,0],
             [0,0,1,0],
             [0,0,0,1]]

# get outputs with all mutations (A/C/G/T)
# in general, fastISM gives the most speedup for larger batch sizes
# here we use a small batch size for illustration
fast_ism_out = [fast_ism_model(x, replace_with=mut) for mut in mutations]
naive_ism_out = [naive_ism_model(x, replace_with=mut) for mut in mutations]""",
        """# make into a batch_size x seqlen x num_outputs x 4 (bases)
fast_ism_out = np.transpose(np.array(fast_ism_out), (1,2,3,0))""",
        "naive_ism_out = np.transpose(np.array(naive_ism_out), (1,2,3,0))",
    ),
)

BELUGA_SIZES = Quoted(
    "3.5 Run on Custom Sequences",
    (
        "ref = model(x, training=False).numpy()",
        "ref = np.expand_dims(np.repeat(np.expand_dims(ref, 1), 2000, 1), -1)",
        """mut_minus_ref = fast_ism_out - ref

# euclidean distance from reference for each output at each position
mut_minus_ref_euclidean = np.sqrt(np.sum(np.square(mut_minus_ref), -1)/3)""",
        """# pick index of sequence to explore
SEQ_IDX = 0""",
        """top_tasks = np.argsort(ref[SEQ_IDX][0][:,0])[:, :-1][:200]
to_plot = mut_minus_ref_euclidean[SEQ_IDX][:, top_tasks].T""",
    ),
    repairs=(("[:, :-1][:200]", "[::-1][:200]"),),
)

BELUGA_LETTERS = Quoted(
    "3.6 Sequence Features for a Single Output",
    (
        "TASK_IDX = np.argsort(ref[SEQ_IDX][0][:,0])[:-1][0]",
        "ZOOM_IN = range(800, 1000)",
        """np.expand_dims(mut_minus_ref_euclidean[SEQ_IDX, ZOOM_IN, TASK_IDX], -1)*onehot_
    ↳sequences[SEQ_IDX, ZOOM_IN]""",
    ),
    repairs=(
        ("[:-1][0]", "[::-1][0]"),
        ("onehot_\n    ↳", "onehot_"),
        ("np.expand_dims", "letters = np.expand_dims"),
    ),
)

BELUGA = (BELUGA_TIME, BELUGA_MODELS, BELUGA_ENCODING, BELUGA_SCAN, BELUGA_SIZES, BELUGA_LETTERS)

OF_OWN_LAYERS = Quoted(
    "5 Supported Layers",
    (
        'fastism.fast_ism_utils.SEE_THROUGH_LAYERS.add("YourLayer")',
        'fastism.fast_ism_utils.AGGREGATE_LAYERS.add("YourLayer")',
        'fastism.fast_ism_utils.STOP_LAYERS.add("YourLayer")',
        'fastism.fast_ism_utils.POOLING_LAYERS.add("YourLayer")',
    ),
)

EXAMPLES = (
    USAGE, BENCHMARK, MUTATIONS, RANGES, TWO_INPUTS, SECOND_INPUT, PAIRS, TOGETHER, RECURSIVE, POOLING, OF_OWN_LAYERS,
    *BELUGA,
)  # fmt: skip

SUPPORTED = {
    "5.1 Local Layers": "Supported: Conv1D, Cropping1D",
    "5.2 See Through Layers": "Supported: Activation, BatchNormalization, Dropout, ELU, InputLayer, LeakyReLU, PReLU,"
    " ReLU",
    "5.3 Aggregation Layers": "Supported: Add, Average, Maximum, Minimum, Multiply, Subtract",
    "5.4 Stop Layers": "Supported: Dense, Flatten, GlobalAveragePooling1D, GlobalMaxPool1D, Reshape",
    "5.5 Pooling Layers": "Supported: AveragePooling1D, MaxPooling1D",
    "7.2.1 Added": "Support for MultiHeadAttention layers",
    "7.4.1 Added": "Support for layers that depend on exact order of inputs, e.g. Subtract and Concat.",
}
"""The lists of layers, by section."""

SIGNATURES = {
    "NaiveISM": "(model, seq_input_idx=0, change_ranges=None)",
    "FastISM": "(model, seq_input_idx=0, change_ranges=None, early_stop_layers=None, test_correctness=True)",
    "FastISM.test_correctness": "(batch_size=10, replace_with=0, atol=1e-06)",
    "FastISM.time_batch": "(seq_batch)",
}
"""What chapter 6 has of the names that ismbench has, too."""
