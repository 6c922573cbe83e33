import pytest
import yaml
from makers import image_config

from flows.template import template, write_template
from tasks.config.load import load_config, with_secrets
from tasks.errors import ConfigError


@pytest.fixture
def write(tmp_path):
    def written(**changes):
        path = tmp_path / "matchset.yaml"
        path.write_text(yaml.safe_dump(image_config(tmp_path, **changes)), encoding="utf-8")
        return path

    return written


def refused(path, overrides=()) -> str:
    with pytest.raises(ConfigError) as error:
        load_config(path, overrides)
    assert error.value.exit_code == 2
    return str(error.value)


def test_relative_paths_count_from_the_configuration(tmp_path, write) -> None:
    config = load_config(write(store="out/store"))
    assert config.store == str(tmp_path / "out/store")


def test_placeholders_stay_as_they_are(write) -> None:
    assert load_config(write(store="${BUCKET}/store")).store == "${BUCKET}/store"


def test_overrides_reach_sections_and_list_entries(write) -> None:
    config = load_config(write(), ["splits.dev.rows=7", "inputs.1.name=phone", "splits.test=none"])
    assert (config.splits.dev.rows, config.inputs[1].name, config.splits.test) == (7, "phone", "none")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"splitz": {}}, "unknown key 'splitz'; did you mean 'splits'?"),
        ({"splits": {"dev": {"row": 3}}}, "splits.dev: unknown key 'row'; did you mean 'rows'?"),
        ({"splits": {"test": "nonne"}}, "splits.test: Input should be 'none' (found 'nonne')"),
        ({"splits": {"dev": {"rows": 0}}}, "splits.dev.rows: Input should be greater than or equal to 1 (found 0)"),
        ({"splits": {"dev": {"rows": None}}}, "splits.dev: give one of rows, fraction and margin"),
        ({"splits": {"dev": {"fraction": 0.2}}}, "splits.dev: give one of rows, fraction and margin"),
        ({"splits": {"dev": {"rows": None, "fraction": 1.0}}}, "splits.dev.fraction: Input should be less than 1"),
        (
            {"splits": {"dev": {"rows": None, "fraction": 0.6}, "test": {"rows": None, "fraction": 0.5}}},
            "splits: dev and test take fractions of one and the same target, together at most 1 (found 1.1)",
        ),
        ({"splits": {"dev": {"inputs": ["ap"]}}}, "splits.dev.inputs: no input is called 'ap'; did you mean 'app'?"),
        (
            {"splits": {"test": {"inputs": ["web"]}}},
            "splits.test.inputs: input 'web' is of domain source; dev and test",
        ),
        ({"splits": {"test": {"inputs": []}}}, "splits.test.inputs: expected at least one entry"),
        ({"splits": {"test": {"inputs": "app"}}}, "splits.test.inputs: expected a list, such as [a, b]"),
        ({"splits": {"test": {"inputs": ["app", "app"]}}}, "splits.test: inputs: 'app' is named twice"),
        ({"splits": {"train_dev": {"inputs": ["app"]}}}, "splits: train_dev.inputs: train-dev stands for all"),
        ({"seed": -1}, "seed: Input should be greater than or equal to 0 (found -1)"),
        ({"modality": "video"}, "modality: Input should be 'image', 'audio' or 'tabular' (found 'video')"),
        ({"name": "../escape"}, "name: expected letters, digits, '.', '_' and '-'"),
        ({"modality": "audio"}, "inputs.web: kind image_folder does not fit modality audio"),
        ({"inputs": []}, "inputs: expected at least one entry"),
        ({"inputs": "web"}, "inputs: expected a list, such as [a, b] (found 'web')"),
        ({"inputs": [5]}, "inputs.0: expected `key: value` lines or {key: value} (found 5)"),
        ({"name": None}, "name: expected text (found nothing)"),
        ({"splits": {"dev": 40}}, "splits.dev: expected `key: value` lines or {key: value} (found 40)"),
        ({"splits": {"dev": {"rows": True}}}, "splits.dev.rows: a number is wanted; YAML reads yes, no, on, off"),
        ({"splits": {"target_in_train": True}}, "splits.target_in_train: a number is wanted; YAML reads yes"),
        ({"splits": {"target_in_train": 1.5}}, "splits.target_in_train: Input should be less than or equal to 1"),
        ({"synthesis": {"noise": [{"name": "street", "path": "x"}]}}, "recordings are for modality audio, not image"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(write, changes, expected) -> None:
    assert expected in refused(write(**changes))


def test_inputs_are_checked_against_each_other(tmp_path, write) -> None:
    web, app = image_config(tmp_path)["inputs"]
    assert "no input has domain 'target'" in refused(write(inputs=[web]))
    assert "'web' is used twice" in refused(write(inputs=[web, app | {"name": "web"}]))
    assert "needs a part named group" in refused(write(inputs=[web, app | {"group": "w(.+)_"}]))
    assert "not a regular expression" in refused(write(inputs=[web, app | {"group": "(?P<group>"}]))


def test_all_inputs_have_labels_or_none(tmp_path, write) -> None:
    rows = {"kind": "table", "label": "kind"}
    web, app = (
        rows | {"name": domain, "domain": domain, "path": str(tmp_path / f"{domain}.csv")}
        for domain in ("source", "target")
    )
    table = {"modality": "tabular"}
    bare = [{key: value for key, value in entry.items() if key != "label"} for entry in (web, app)]
    assert load_config(write(**table, inputs=bare)).inputs[0].label_kind is None
    message = refused(write(**table, inputs=[web, bare[1]]))
    assert "inputs.target: `label` is not named, but input 'source' has labels" in message
    listed = [entry | {"labels": ["a"]} for entry in bare]
    assert "labels: they are listed, but no column holds them" in refused(write(**table, inputs=listed))
    photos = image_config(tmp_path)["inputs"][0]
    message = refused(write(inputs=[photos, bare[1] | {"file": "path"}]))
    assert "inputs.target: `label` is not named, but input 'web' has labels" in message


def test_the_labels_of_a_data_set_are_of_one_kind(tmp_path, write) -> None:
    web, app = (
        {"name": domain, "domain": domain, "path": str(tmp_path / f"{domain}.csv"), "kind": "table"}
        for domain in ("source", "target")
    )

    def told(first: object, second: object, **more: object) -> str:
        inputs = [web | {"label": first} | more, app | {"label": second}]
        return refused(write(modality="tabular", inputs=inputs))

    assert "inputs.target.label: it says a number a record" in told("kind", {"number": "price"})
    assert "but input 'source' has several labels a record" in told(["a", "b"], "kind")
    assert "inputs.0.label.number: is missing" in told({}, {"number": "price"})
    assert "did you mean 'number'?" in told({"numbr": "price"}, {"number": "price"})
    assert "inputs.0.label: expected at least one entry" in told([], ["a"])
    assert "label: column 'a' is listed twice" in told(["a", "a"], ["a"])
    assert "label: column 'a' is the id too" in told(["a"], ["a"], id="a")
    assert "they list classes, but `label` names numbers or several columns" in told(["a"], ["a"], labels=["x"])
    photos = image_config(tmp_path)["inputs"][0]
    message = refused(write(inputs=[photos, app | {"label": ["a"], "file": "path"}]))
    assert (
        "inputs.target.label: it says several labels a record (`label: [column, column]`), but input 'web'" in message
    )
    several = [web | {"label": ["a", "b"]}, app | {"label": ["b", "c"]}]
    config = load_config(write(modality="tabular", inputs=several))
    assert [entry.label_columns for entry in config.inputs] == [("a", "b"), ("b", "c")]
    number = [entry | {"label": {"number": "price"}} for entry in (web, app)]
    config = load_config(write(modality="tabular", inputs=number))
    assert {(entry.label_kind, entry.label_columns) for entry in config.inputs} == {("number", ("price",))}


def test_an_unknown_kind_is_told_with_the_known_ones(write) -> None:
    message = refused(write(), ["inputs.0.kind=folder"])
    assert "inputs.0.kind: expected image_folder, audio_folder or table; did you mean" in message
    assert message.count("\n") == 0


def test_a_value_of_several_forms_is_told_by_the_form_it_was_meant_to_have(write) -> None:
    message = refused(write(), ["inputs.0.group={column: writer}", "splits.dev={margin: 2.0}"])
    assert "inputs.0.group.csv: is missing" in message
    assert "splits.dev.margin: Input should be less than 0.5 (found 2.0)" in message
    assert "expected text" not in message


def test_inputs_and_store_lie_apart(tmp_path, write) -> None:
    web, app = image_config(tmp_path)["inputs"]
    message = refused(write(inputs=[web | {"path": str(tmp_path)}, app]))
    assert "store lies in the folder of inputs.web" in message
    inner = app | {"path": str(tmp_path / "source" / ".." / "source" / "phone")}
    message = refused(write(inputs=[web, inner]))
    assert "inputs.web reads" in message
    assert "in which inputs.app reads too" in message
    beside = load_config(write(inputs=[web, app | {"path": str(tmp_path / "source-of-app")}]))
    assert beside.inputs[1].path.endswith("source-of-app")


def test_labels_that_are_numbers_in_yaml_are_words(write) -> None:
    assert load_config(write(), ["inputs.0.labels=[0, 1]"]).inputs[0].labels == ("0", "1")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("[a-z]+_", "the expression needs a part named recording"), ("(", "not a regular expression")],
)
def test_patterns_of_recordings_are_checked_before_a_file_is_opened(write, pattern, expected) -> None:
    noise = {"noise": [{"name": "street", "path": "noise", "recording": pattern}]}
    assert f"synthesis.noise.0.recording: {expected}" in refused(write(synthesis=noise))


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("splits.dev.rows", "expected key=value"),
        ("inputs.9.path=x", "expected a position from 0 to 1"),
        ("seed.low=3", "seed: Input should be a valid integer"),
        ("inputs.0.labels.0.x=3", "inputs.0.labels"),
        ("seed=[1", "not valid YAML"),
    ],
)
def test_overrides_that_reach_nothing_are_refused(write, override, expected) -> None:
    message = refused(write(), [override])
    assert expected in message


def test_files_that_are_no_configuration_are_refused(tmp_path) -> None:
    assert "matchset init" in refused(tmp_path / "missing.yaml")
    broken = tmp_path / "broken.yaml"
    broken.write_text("inputs: [", encoding="utf-8")
    assert "not valid YAML" in refused(broken)
    broken.write_text("- just\n- a list\n", encoding="utf-8")
    assert "found list" in refused(broken)
    broken.write_bytes(b"\xff\xfe\x00")
    assert "cannot be read as a text file" in refused(broken)
    assert "cannot be read" in refused(tmp_path)


def test_at_most_five_problems_are_listed(write) -> None:
    message = refused(write(inputs=[{"name": f"n{i}", "kind": "image_folder"} for i in range(6)]))
    assert message.count("\n") == 5
    assert "more" in message.splitlines()[-1]


def test_python_in_yaml_is_not_run(tmp_path) -> None:
    path = tmp_path / "evil.yaml"
    path.write_text(f"name: !!python/object/apply:os.system ['touch {tmp_path}/ran']", encoding="utf-8")
    assert "not valid YAML" in refused(path)
    assert not (tmp_path / "ran").exists()


def test_secrets_come_from_the_environment_and_are_never_told(monkeypatch, write) -> None:
    config = load_config(write(store="${PLACE}/store"))
    monkeypatch.setenv("PLACE", "/s3cret")
    assert with_secrets(config).store == "/s3cret/store"
    assert "s3cret" not in repr(config)
    monkeypatch.delenv("PLACE")
    with pytest.raises(ConfigError, match="has no PLACE"):
        with_secrets(config)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("/a/$${PLACE}", "/a/${PLACE}"),
        ("/a/$$${PLACE}", "/a/$${PLACE}"),
        ("/$${PLACE}/${PLACE}", "/${PLACE}/s3cret"),
        ("/a/$$", "/a/$$"),
        ("/a/$PLACE", "/a/$PLACE"),
        ("/${OTHER}", "/${PLACE}"),
    ],
)
def test_a_doubled_dollar_is_the_text_itself(monkeypatch, write, written, meant) -> None:
    monkeypatch.setenv("PLACE", "s3cret")
    monkeypatch.setenv("OTHER", "${PLACE}")
    assert with_secrets(load_config(write(store=written))).store == meant


def test_text_in_braces_that_the_environment_lacks_is_told_with_its_escape(monkeypatch, write) -> None:
    monkeypatch.delenv("PLACE", raising=False)
    assert with_secrets(load_config(write(store="data/$${PLACE}"))).store.endswith("/data/${PLACE}")
    with pytest.raises(ConfigError, match=r"has no PLACE\. Set it, or write \$\$\{PLACE\}"):
        with_secrets(load_config(write(store="data/${PLACE}")))


def test_a_value_of_the_environment_that_does_not_fit_is_told_without_it(monkeypatch, write) -> None:
    config = load_config(write(store="${PLACE}/store"))
    monkeypatch.setenv("PLACE", "nope://s3cret")
    with pytest.raises(ConfigError, match=r"does not fit once \$\{PLACE\} are filled in") as refused:
        with_secrets(config)
    assert "s3cret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_store_may_be_behind_a_url_and_its_work_never_is(tmp_path, write) -> None:
    config = load_config(write(store="s3://bucket/x", work="scratch"))
    assert (config.store, config.work) == ("s3://bucket/x", str(tmp_path / "scratch"))
    assert "s4:// is no protocol of fsspec" in refused(write(store="s4://bucket/x"))
    assert "scratch lies on this machine: name a folder" in refused(write(store="s3://b/x", work="s3://b/work"))
    assert "take `work` out" in refused(write(work="scratch"))
    inside = str(tmp_path / "source" / "scratch")
    assert "lies in the folder of inputs.web" in refused(write(store="s3://bucket/x", work=inside))


@pytest.mark.parametrize("modality", ["image", "audio", "tabular"])
def test_every_template_is_a_configuration(tmp_path, modality) -> None:
    path = write_template(tmp_path / modality, modality)
    assert load_config(path).modality == modality
    assert path.read_text(encoding="utf-8") == template(modality)
    with pytest.raises(ConfigError, match="exists already"):
        write_template(tmp_path / modality, modality)
