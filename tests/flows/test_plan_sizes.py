"""What `matchset check` foretells of sizes: large groups, and inputs that splits are forced to."""

import yaml
from makers import image_config, image_folder

from flows.plan import plan
from tasks.config.load import load_config


def _plan(folder, **splits) -> str:
    """Plan with 240 target records in three groups of 80, and 160 in an input of their own that have none."""
    image_folder(folder / "web", 120, seed=1)
    image_folder(folder / "us", 160, seed=2)
    image_folder(folder / "asia", 240, seed=3, groups=3)
    inputs = [
        {"name": name, "domain": domain, "kind": "image_folder", "path": str(folder / name)}
        for name, domain in (("web", "source"), ("us", "target"), ("asia", "target"))
    ]
    inputs[2]["group"] = r"(?P<group>g\d+)_"
    path = folder / "matchset.yaml"
    given = image_config(folder, inputs=inputs, synthesis={"policy": "none"})
    path.write_text(yaml.safe_dump(given | {"splits": splits}), encoding="utf-8")
    return plan(load_config(path))


def test_a_shortfall_of_large_groups_is_foretold(tmp_path) -> None:
    told = _plan(tmp_path, dev={"rows": 110, "inputs": ["asia"]}, test={"rows": 50, "inputs": ["us"]})
    assert "splits.dev: groups of 80 rows on average come no nearer to 110 rows than 80, 27% short" in told
    assert "a build is refused; ask for 80 or 160 rows, or name smaller groups" in told
    assert "splits.test:" not in told


def test_sizes_refer_to_the_inputs_that_splits_are_forced_to(tmp_path) -> None:
    told = _plan(tmp_path, dev={"fraction": 0.25, "inputs": ["us"]}, test={"rows": 80, "inputs": ["asia"]})
    dev, test = (
        next(line for line in told.splitlines() if line.startswith(f"  {split} ")) for split in ("dev", "test")
    )
    assert "40 rows: an error of 10%" in dev
    assert "80 rows, in groups worth 8 independent ones (design effect 8.9)" in test
