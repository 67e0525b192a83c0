"""Small networks that predict noise, built from plain data: model(x, t) and model(x, t, labels).

v·tanh(w·x + size·sin(rate·t + phase) + table[label]), every row by itself. A call of another form is told in a sentence.
"""

from typing import Any, Mapping

import torch
from torch import Tensor, nn


class NoiseModel(nn.Module):
    """Predicts the noise in x (n, dim) at the steps t (n,), for labels (n,) if its specification has a table of them."""

    def __init__(self, spec: Mapping[str, Any]):
        super().__init__()
        for name, value in spec.items():
            setattr(self, name, nn.Parameter(torch.as_tensor(value)))
        self.num_labels = len(spec["table"]) if "table" in spec else 0

    def forward(self, x: Tensor, t: Tensor, labels: Tensor | None = None) -> Tensor:
        require_rows("x", x, 2, "(n, dim)")
        w, v, size, rate, phase = (getattr(self, name).to(x.dtype) for name in ("w", "v", "size", "rate", "phase"))
        if x.shape[1] != len(w):
            raise ValueError(f"x should have {len(w)} columns, but has the shape {tuple(x.shape)}")
        require_rows("t", t, 1, "(n,), one step for each row")
        hidden = x @ w + size * torch.sin(t.to(x.dtype)[:, None] * rate + phase)
        if self.num_labels:
            require_rows("labels", labels, 1, "(n,), one label for each row (the null label is a label too)")
            if len(labels) != len(x) or labels.is_floating_point():
                raise ValueError(f"labels should be {len(x)} whole numbers, but have the shape {tuple(labels.shape)} "
                                 f"and the type {labels.dtype}")
            if int(labels.max()) >= self.num_labels:
                raise ValueError(f"model knows the labels 0 to {self.num_labels - 1}, the null label among them, "
                                 f"but got {int(labels.max())}")
            hidden = hidden + self.table.to(x.dtype)[labels]
        if len(t) != len(x):
            raise ValueError(f"x has {len(x)} rows, but t {len(t)}")
        return torch.tanh(hidden) @ v


def require_rows(name: str, value: Any, ndim: int, shape: str) -> None:
    """A tensor with this many axes."""
    if not isinstance(value, Tensor) or value.ndim != ndim:
        came = f"a tensor of shape {tuple(value.shape)}" if isinstance(value, Tensor) else f"a {type(value).__name__}"
        raise ValueError(f"model takes {name} as a tensor of shape {shape}, but got {came}")
