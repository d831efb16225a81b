"""Trained nets as the ``.npz`` file that ``pipeline.label.network.model`` reads."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pipeline.train.train import Trained


def export(trained: Trained) -> bytes:
    """Vectors in eight bits with a scale for each of their numbers, mean and deviation in 32, all else in 16.

    The members' vectors stand side by side, (rows, 24 a member); of all other layers there is one a member, stacked.
    What is learned in training only (the outputs for facts) stays behind.
    """
    states = [{name: own.detach().numpy() for name, own in net.state_dict().items()} for net in trained.nets]
    vectors = np.concatenate([state["vectors.weight"] for state in states], 1)
    scale = np.maximum(np.abs(vectors).max(0), np.finfo(np.float32).tiny) / 127
    layers = [_layers(state) for state in states]
    arrays: dict[str, Any] = {
        "vocab": trained.inputs.vocabulary,
        "emb": np.round(vectors / scale).astype(np.int8),
        "emb_scale": scale.astype(np.float32),
        "mu": trained.inputs.mean.astype(np.float32),
        "sd": trained.inputs.deviation.astype(np.float32),
    } | {name: np.stack([own[name] for own in layers]).astype(np.float16) for name in layers[0]}
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def _layers(state: dict[str, Any]) -> dict[str, Any]:
    """The layers of one member by their names in the file."""
    gates = state["gates.weight"]  # (4 * units, inner, window)
    heads = ("body", "kinds", "edges")
    return {
        "wi": state["inputs.weight"].T,
        "bi": state["inputs.bias"],
        "wc": gates.transpose(2, 1, 0).reshape(-1, len(gates)),
        "bc": state["gates.bias"],
        "wh": state["hidden.weight"].T,
        "bh": state["hidden.bias"],
        "pc": state["page_gates.weight"].T,
        "ph": state["page_hidden.weight"].T,
        "wo": np.concatenate([state[f"{head}.weight"] for head in heads]).T,
        "bo": np.concatenate([state[f"{head}.bias"] for head in heads]),
    }
