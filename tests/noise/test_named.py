"""The policy that a configuration names is found, or refused before anything is built."""

import pytest

from tasks.config.synthesis import Synthesis
from tasks.errors import PolicyError
from tasks.noise.named import named_policy
from tasks.noise.policy import default_policy, dump_policy


def test_words_and_files_are_policies(tmp_path) -> None:
    assert named_policy(Synthesis(policy="fitted"), "image") is None
    assert named_policy(Synthesis(policy="none"), "image").operations == ()
    assert named_policy(Synthesis(policy="default"), "audio") == default_policy("audio")
    file = tmp_path / "mine.yaml"
    file.write_text(dump_policy(default_policy("tabular")), encoding="utf-8")
    assert named_policy(Synthesis(policy=str(file)), "tabular") == default_policy("tabular")


def test_a_misspelt_word_is_told_with_the_nearest(tmp_path) -> None:
    with pytest.raises(PolicyError, match=r"there is no policy file .*fited.* did you mean 'fitted'\?") as refused:
        named_policy(Synthesis(policy=str(tmp_path / "fited")), "image")
    assert refused.value.exit_code == 2


def test_a_policy_for_another_modality_is_refused(tmp_path) -> None:
    file = tmp_path / "sounds.yaml"
    file.write_text(dump_policy(default_policy("audio")), encoding="utf-8")
    with pytest.raises(PolicyError, match=r"sounds\.yaml: modality: found 'audio', but .* is 'image'"):
        named_policy(Synthesis(policy=str(file)), "image")


def test_a_folder_is_no_policy(tmp_path) -> None:
    with pytest.raises(PolicyError, match="cannot be read"):
        named_policy(Synthesis(policy=str(tmp_path)), "image")
