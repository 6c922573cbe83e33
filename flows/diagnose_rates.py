"""The ladder of rates that somebody wrote down: no store is needed, and no Prefect."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.diagnose import read_errors, write_result
from tasks.diagnosis.ladder import climb
from tasks.diagnosis.levels import read_rates
from tasks.diagnosis.plain import plain_rates
from tasks.report.diagnosis import render_diagnosis
from tasks.report.ladder_words import ladder_values, tell_ladder


@dataclass(frozen=True)
class Diagnosis:
    """What was found.

    Parameters
    ----------
    text : str
        For the terminal.
    values : dict
        For programs.
    """

    text: str
    values: dict[str, Any]


def diagnose_rates(errors: Path, *, report: Path, model: str = "model") -> Diagnosis:
    """Climb the ladder with rates that somebody wrote down."""
    levels, humans, cells = read_rates(read_errors(errors))
    ladder = climb(levels, humans=humans)
    values = {"model": model, **ladder_values(ladder), "cells": plain_rates(cells)}
    page = write_result(report, render_diagnosis(model, ladder, cells=cells), values)
    return Diagnosis("\n".join([tell_ladder(ladder), "", f"report  {page}"]), values)
