"""Hypothesis strategies, one module for each part of the pipeline."""
