"""Convolutions under a recurrent layer."""

from typing import Any

import torch
from torch import nn


class DanQ(nn.Module):
    """Quang and Xie, Nucleic Acids Research 2016: a convolution, a bidirectional LSTM, flattened."""

    def __init__(
        self, length: int = 91, filters: int = 12, units: int = 8, dense: int = 20, tasks: int = 7
    ) -> None:
        super().__init__()
        self.conv = nn.Conv1d(4, filters, 26)
        self.pool = nn.MaxPool1d(13, 13)
        self.lstm = nn.LSTM(filters, units, num_layers=1, batch_first=True, bidirectional=True)
        self.dense = nn.Linear(2 * units * ((length - 25) // 13), dense)
        self.out = nn.Linear(dense, tasks)

    def forward(self, x: Any) -> Any:
        x = nn.functional.dropout(self.pool(torch.relu(self.conv(x))), 0.2, training=self.training)
        x, (_, _) = self.lstm(x.transpose(1, 2))
        x = x.contiguous().view(x.size(0), -1)
        return torch.sigmoid(self.out(torch.relu(self.dense(x))))
