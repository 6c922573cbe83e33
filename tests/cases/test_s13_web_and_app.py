"""S13: 200,000 web and 10,000 app images: shuffled together dev would be 2,381 web and 119 app of 2,500."""

from pathlib import Path

from makers import image_set

from flows.plan import plan
from tasks.config.load import load_config
from tasks.splitting.two_options import Part, two_options


def test_the_figures_of_both_options() -> None:
    found = two_options(200_000, 10_000, 2_500, 2_500)
    assert found.shuffled_dev == found.shuffled_test == Part(2_381, 119)
    assert found.targeted_dev == found.targeted_test == Part(0, 2_500)
    assert found.targeted_train == Part(200_000, 5_000)


def test_both_are_told_before_anything_is_built(tmp_path: Path) -> None:
    splits = {"dev": {"rows": 25}, "test": {"rows": 25}, "train_dev": {"rows": 10}}
    told = plan(load_config(image_set(tmp_path, source=2_000, target=100, splits=splits)))
    assert "1 shuffle all     train 1,952 source + 98 target | dev 24 source + 1 target | test" in told
    assert "2 target judged   train 2,000 source + 50 target | dev 0 source + 25 target | test" in told
    assert "dev and test then stand for what users will send" in told
