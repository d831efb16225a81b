"""Trains the line network: ``python -m benchmarks.label_training --bench DIR --out weights.npz`` (needs PyTorch)."""
