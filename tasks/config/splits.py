"""How large the splits are and where the target goes."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tasks.config.section import NotBool, Section


class Size(Section):
    """A number of rows, a share of what there is, or the precision that a measured error shall have."""

    rows: Annotated[int, NotBool, Field(ge=1)] | None = None
    """So many rows."""
    fraction: Annotated[float, NotBool, Field(gt=0, lt=1)] | None = None
    """A share: of the target's usable records for dev and test, of the records for training for train-dev."""
    margin: Annotated[float, NotBool, Field(gt=0, lt=0.5)] | None = None
    """Half-width of the interval of an error measured on this split, as a share: 0.02 is 2 points."""
    expected_error: Annotated[float, NotBool, Field(gt=0, lt=1)] = 0.10
    """The error at which the margin is wanted."""
    confidence: Annotated[float, NotBool, Field(gt=0.5, lt=1)] = 0.95
    """How sure the interval is."""
    inputs: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """The target inputs that the split is drawn from; by default all of them, as dev and test should be."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(way is not None for way in (self.rows, self.fraction, self.margin)) != 1:
            raise ValueError(
                "give one of rows, fraction and margin, e.g. {rows: 500} or {fraction: 0.2} or "
                "{margin: 0.02, expected_error: 0.10}"
            )
        return self

    @model_validator(mode="after")
    def _inputs_are_named_once(self) -> Self:
        if doubled := [name for name in self.inputs or () if (self.inputs or ()).count(name) > 1]:
            raise ValueError(f"inputs: {doubled[0]!r} is named twice; name each input once")
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

    @model_validator(mode="after")
    def _shares_leave_room(self) -> Self:
        shares = [size.fraction for size in (self.dev, self.test) if isinstance(size, Size) and size.fraction]
        if sum(shares) > 1 + 1e-9:
            raise ValueError(
                f"dev and test take fractions of one and the same target, together at most 1 (found {sum(shares):g})"
            )
        return self

    @model_validator(mode="after")
    def _train_dev_is_of_the_mixture(self) -> Self:
        if isinstance(self.train_dev, Size) and self.train_dev.inputs is not None:
            raise ValueError("train_dev.inputs: train-dev stands for all the training data; take `inputs` out")
        return self

    @property
    def sized(self) -> dict[str, Size]:
        """The sizes that were asked for, by the split's name."""
        named = {"dev": self.dev, "test": self.test, "train-dev": self.train_dev}
        return {split: size for split, size in named.items() if isinstance(size, Size)}

    @property
    def absent(self) -> set[str]:
        """The splits that the configuration does without."""
        return {"dev", "test", "train-dev"} - self.sized.keys()
