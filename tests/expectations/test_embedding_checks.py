from expectations.checks import declare_checks


def asked(**given) -> dict:
    plain = {check.id for check in declare_checks(**given)}
    found = declare_checks(embeddings={"net": False, "mine": True}, **given)
    return {check.id: check for check in found if check.id not in plain}


def test_each_embedding_is_asked_about_as_a_whole() -> None:
    found = asked()
    assert set(found) == {
        *("embedded.net", "embedding-net.dev.test", "embedding-net.train.train-dev", "embedding-net.train.dev"),
        *("embedded.mine", "embedding-mine.dev.test", "embedding-mine.train.train-dev", "embedding-mine.train.dev"),
        "embedding-gap-closed-mine",
    }
    assert found["embedding-net.dev.test"].severity == "critical"
    assert found["embedding-net.train.dev"].severity == "info"
    assert {check.descriptor for check in found.values()} == {"net", "mine"}


def test_what_is_not_there_is_not_asked_about() -> None:
    assert not [name for name in asked(synthesized=False) if "gap" in name]
    assert set(asked(splits=["train", "dev"], synthesized=False)) == {
        *("embedded.net", "embedding-net.train.dev", "embedded.mine", "embedding-mine.train.dev"),
    }
