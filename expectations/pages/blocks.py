"""What an evidence page is made of: the content that Great Expectations renders, arranged a block a check."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from great_expectations.core import ExpectationSuiteValidationResult, ExpectationValidationResult
from great_expectations.render import RenderedComponentContent, RenderedDocumentContent, RenderedSectionContent
from great_expectations.render.renderer.content_block import ValidationResultsTableContentBlockRenderer
from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer

from expectations.check import SEVERITIES
from expectations.verdict import CheckResult

_URGENCY = {"fail": 0, "undecided": 1, "pass": 2}


class RenderedCheck(RenderedComponentContent):  # type: ignore[misc]
    """One check's answer, with the sentence and the observation that Great Expectations renders for it."""

    def __init__(self, answer: CheckResult, sentence: Any, observed: Any) -> None:
        super().__init__(content_block_type="check")
        self.answer = answer
        self.sentence = sentence
        self.observed = observed

    def to_json_dict(self) -> dict[str, Any]:
        """Return the block as plain values."""
        sentence, observed = self.rendered_content_list_to_json([self.sentence, self.observed])
        return {
            **super().to_json_dict(),
            "answer": asdict(self.answer),
            "sentence": sentence,
            "observed": observed,
        }


class EvidencePageRenderer(ValidationResultsPageRenderer):  # type: ignore[misc]
    """Arrange the results of one suite: what failed first, then what stayed undecided, gravest first."""

    def render_evidence(
        self, title: str, result: ExpectationSuiteValidationResult, answers: Sequence[CheckResult]
    ) -> RenderedDocumentContent:
        """Render one suite's results.

        Parameters
        ----------
        title : str
            What the suite's checks assume.
        result : ExpectationSuiteValidationResult
            What Great Expectations found.
        answers : sequence of CheckResult
            The same as answers, in the order of the results.
        """
        blocks = [RenderedCheck(answer, *_cells(item)) for item, answer in zip(result.results, answers, strict=True)]
        blocks.sort(key=lambda block: (_URGENCY[block.answer.status], SEVERITIES.index(block.answer.severity)))
        return RenderedDocumentContent(
            renderer_type="EvidencePageRenderer",
            page_title=title,
            expectation_suite_name=result.suite_name,
            sections=[
                RenderedSectionContent(section_name="Checks", content_blocks=blocks),
                RenderedSectionContent(section_name="Run", content_blocks=[self._render_validation_info(result)]),
            ],
        )


def _cells(item: ExpectationValidationResult) -> tuple[Any, Any]:
    """Let Great Expectations render one result; it makes a table row of status, sentence and observation."""
    (_, sentence, observed), *_ = ValidationResultsTableContentBlockRenderer.render([item]).table
    return sentence, observed
