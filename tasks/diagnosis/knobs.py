"""One knob a goal: what moves each link of the ladder, and no other."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

LinkName: TypeAlias = Literal["avoidable bias", "variance", "data mismatch", "overfitting to dev"]

LINKS: tuple[LinkName, ...] = ("avoidable bias", "variance", "data mismatch", "overfitting to dev")

KNOBS: Mapping[LinkName, tuple[str, ...]] = {
    "avoidable bias": (
        "a larger model, or another architecture",
        "longer training, a better optimiser",
    ),
    "variance": (
        "more training data of the same kind",
        "regularisation: weight decay, dropout, label-preserving augmentation",
        "a smaller search: fewer features, an architecture that knows the invariances",
    ),
    "data mismatch": (
        "target records in train (splits.target_in_train) and their weight",
        "noise fitted to the target (synthesis.policy: fitted), recorded noise of the target's kind",
        "error analysis on dev: what the target has and train has not",
    ),
    "overfitting to dev": (
        "a larger dev set (splits.dev)",
        "a dev set drawn anew (matchset redraw)",
        "fewer looks at dev between two drawings",
    ),
}
"""Early stopping is missing on purpose: it moves bias and variance at once, so it serves neither alone."""

GOALS: Mapping[LinkName, str] = {
    "avoidable bias": "fit the training set",
    "variance": "do as well on unseen data of the training kind",
    "data mismatch": "do as well on the target",
    "overfitting to dev": "do as well on what nobody has looked at",
}
"""What each link, once it is small, has reached."""
