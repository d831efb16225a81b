"""Trains the line network: ``python -m pipeline.train --bench DIR --out weights.npz`` (needs PyTorch)."""
