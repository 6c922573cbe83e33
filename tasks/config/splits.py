"""How large the splits are and where the target goes."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from tasks.config.section import NotBool, Section


class Size(Section):
    """A number of rows, or the precision that a measured error shall have."""

    rows: Annotated[int, NotBool, Field(ge=1)] | None = None
    """So many rows."""
    margin: Annotated[float, NotBool, Field(gt=0, lt=0.5)] | None = None
    """Half-width of the interval of an error measured on this split, as a share: 0.02 is 2 points."""
    expected_error: Annotated[float, NotBool, Field(gt=0, lt=1)] = 0.10
    """The error at which the margin is wanted."""
    confidence: Annotated[float, NotBool, Field(gt=0.5, lt=1)] = 0.95
    """How sure the interval is."""

    @model_validator(mode="after")
    def _one_way(self) -> "Size":
        if (self.rows is None) == (self.margin is None):
            raise ValueError("give either rows or margin, e.g. {rows: 500} or {margin: 0.02, expected_error: 0.10}")
        return self


class Splits(Section):
    """The four splits; dev and test come from the target only."""

    dev: Size
    """The split that models are chosen on."""
    test: Size | Literal["none"]
    """The split that the chosen model is judged on once, or `none`."""
    train_dev: Size | Literal["none"] = "none"
    """A holdout of the training data, to tell variance from data mismatch."""
    target_in_train: Literal["rest", "none"] | Annotated[float, NotBool, Field(ge=0, le=1)] = "rest"
    """What becomes of the target that dev and test leave: all of it joins train, none, or a share of it."""

    @property
    def sized(self) -> dict[str, Size]:
        """The sizes that were asked for, by the split's name."""
        named = {"dev": self.dev, "test": self.test, "train-dev": self.train_dev}
        return {split: size for split, size in named.items() if isinstance(size, Size)}

    @property
    def absent(self) -> set[str]:
        """The splits that the configuration does without."""
        return {"dev", "test", "train-dev"} - self.sized.keys()
