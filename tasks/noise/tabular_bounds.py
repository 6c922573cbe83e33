"""Bounds of the operations on rows of a table."""

from tasks.noise.bounds import OperationBounds, Parameter

_FEW = "half of a row's cells still say what they said"

TABULAR: dict[str, OperationBounds] = {
    "measurement_noise": OperationBounds(
        "Add noise to numbers, snapped to the steps that the column is recorded in.",
        {"sd_share": Parameter(0, 0.5, 0, "noise stays below the spread between rows", "of the column's sd")},
    ),
    "rounding": OperationBounds(
        "Record numbers in coarser steps.",
        {"step_share": Parameter(0, 0.5, 0, "steps stay below the spread between rows", "of the column's sd")},
    ),
    "category_confusion": OperationBounds(
        "Replace categories by others, drawn as often as they occur.",
        {"rate": Parameter(0, 0.5, 0, _FEW, "of the cells")},
    ),
    "missingness": OperationBounds(
        "Leave cells empty, in columns where that occurs.",
        {"rate": Parameter(0, 0.5, 0, _FEW, "of the cells")},
    ),
}
"""Operation -> what it does and its bounds; operations are applied in this order, whatever the policy's order."""
