"""A trained net as the ``.npz`` file that ``pipeline.label.network.model`` reads."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pipeline.train.train import Trained


def export(trained: Trained) -> bytes:
    """Vectors in eight bits with a scale for each of their numbers, mean and deviation in 32, all else in 16.

    What is learned in training only (the outputs for facts) stays behind.
    """
    state: dict[str, Any] = {name: own.detach().numpy() for name, own in trained.net.state_dict().items()}
    vectors = state["vectors.weight"]
    scale = np.maximum(np.abs(vectors).max(0), np.finfo(np.float32).tiny) / 127
    gates = state["gates.weight"]  # (4 * units, inner, window)
    heads = ("body", "kinds", "edges")
    file = io.BytesIO()
    np.savez_compressed(
        file,
        vocab=trained.vocabulary,
        emb=np.round(vectors / scale).astype(np.int8),
        emb_scale=scale.astype(np.float32),
        mu=trained.mean.astype(np.float32),
        sd=trained.deviation.astype(np.float32),
        wi=_half(state["inputs.weight"].T),
        bi=_half(state["inputs.bias"]),
        wc=_half(gates.transpose(2, 1, 0).reshape(-1, len(gates))),
        bc=_half(state["gates.bias"]),
        wh=_half(state["hidden.weight"].T),
        bh=_half(state["hidden.bias"]),
        pc=_half(state["page_gates.weight"].T),
        ph=_half(state["page_hidden.weight"].T),
        wo=_half(np.concatenate([state[f"{head}.weight"] for head in heads]).T),
        bo=_half(np.concatenate([state[f"{head}.bias"] for head in heads])),
    )
    return file.getvalue()


def _half(array: Any) -> Any:
    return array.astype(np.float16)
