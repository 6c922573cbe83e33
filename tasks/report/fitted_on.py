"""What a fitted policy was fitted to, where that is not the target in train: whoever reads the gap has to know."""

from tasks.report.contents import ReportContents
from tasks.report.wording import count


def fitted_on_dev(contents: ReportContents) -> str:
    """Say that half of dev served the fit, and that the gap is measured on the other half; empty where it did not."""
    fitted = contents.dev_fit_rows
    if not fitted:
        return ""
    kept = sum(contents.splits.get("dev", {}).values()) - fitted
    return (
        f"No target record is in train, so the noise policy was fitted to half of dev, {count(fitted)} records. The "
        f"gap closed, and how far train with its synthetic records is from dev, are measured on the other half, "
        f"{count(kept)} records. synthesis/dev_fit.parquet names the half that was fitted to: leave it out when you "
        f"judge what the synthetic records do to your model."
    )
