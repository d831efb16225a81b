"""The flow that trains the line labeller again. It publishes nothing: a person puts the result in its place."""

from __future__ import annotations

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.states import Failed

from flows.artifacts import report_quality, say
from pipeline.errors import RunError, UsageError
from pipeline.train.card import card_markdown
from pipeline.train.run import Order, train_labeller


@flow(name="copydesk-train", persist_result=False)
def train(order: Order) -> object:
    """Train, and leave the model card and its figures as artifacts.

    :returns: to a caller in the same process, the model card.
    :raises UsageError, RunError: to a caller in the same process; the state's message says the same.
    """
    try:
        card = train_labeller(order, say)
    except (UsageError, RunError) as error:
        return Failed(message=str(error), data=error)
    create_markdown_artifact(card_markdown(card), key="copydesk-model-card", description="The model card.")
    report_quality(card["figures"])
    return card
