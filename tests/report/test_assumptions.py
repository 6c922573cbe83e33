"""One block an assumption."""

from tasks.report.assumptions import all_answers, assumption_blocks


def blocks(make_contents, *checks):
    return assumption_blocks(make_contents(verdict={"version": "1", "status": "valid", "checks": list(checks)}))


def test_checks_are_gathered_in_the_order_of_their_first(make_contents, make_check) -> None:
    found = blocks(
        make_contents,
        make_check(id="a", assumption="sizes"),
        make_check(id="b", assumption="other"),
        make_check(id="c", assumption="sizes", status="fail"),
    )
    assert [(block.key, [answer.id for answer in block.answers]) for block in found] == [
        ("sizes", ["c", "a"]),
        ("other", ["b"]),
    ]
    assert [block.title for block in found] == ["The splits are as large as was asked for", "other"]
    assert [block.status for block in found] == ["fail", "pass"]
    assert found[0].tally == "2 checks: 1 failed, 1 passed"


def test_every_check_is_shown_once(make_contents, make_check) -> None:
    checks = [make_check(id=str(i), status=s) for i, s in enumerate(["pass", "fail", "undecided"] * 3)]
    shown = [answer.id for block in blocks(make_contents, *checks) for answer in (*block.open, *block.folded)]
    assert sorted(shown) == [str(i) for i in range(9)]


def test_only_what_passed_exactly_is_folded(make_contents, make_check) -> None:
    (block,) = blocks(
        make_contents,
        make_check(id="exact"),
        make_check(id="interval", effect=0.05, ci_low=0.01, ci_high=0.08, limit=0.1),
        make_check(id="own interval", effect=3.0, ci_low=3.0, ci_high=3.0),
        make_check(id="failed", status="fail"),
    )
    assert [answer.id for answer in block.folded] == ["exact", "own interval"]


def test_a_failure_for_information_is_quiet_until_another_one_is_not(make_contents, make_check) -> None:
    (quiet,) = blocks(make_contents, make_check(status="fail", severity="info"), make_check(id="x"))
    assert (quiet.status, quiet.quiet) == ("fail", True)
    (loud,) = blocks(make_contents, make_check(status="fail", severity="info"), make_check(id="x", status="fail"))
    assert (loud.status, loud.quiet) == ("fail", False)
    (unsure,) = blocks(
        make_contents, make_check(status="fail", severity="info"), make_check(id="x", status="undecided")
    )
    assert (unsure.status, unsure.quiet) == ("undecided", False)


def test_limits_are_read_as_they_decide(make_contents, make_check) -> None:
    rules = {
        "at_most": "at most 0.1",
        "at_least": "at least 0.1",
        "above": "above 0.1",
        "no_difference": "p above 0.1",
        "interval_within": "within ± 0.1",
        "family_within": "each within ± 0.1",
    }
    for rule, said in rules.items():
        (answer,) = all_answers(
            make_contents(verdict={"version": "1", "status": "valid", "checks": [make_check(rule=rule, limit=0.1)]})
        )
        assert answer.limit == said


def test_shares_are_percents(make_contents, make_check) -> None:
    check = make_check(statistic="largest_atom_share", effect=0.26, limit=0.1, status="fail")
    (answer,) = all_answers(make_contents(verdict={"version": "1", "status": "valid", "checks": [check]}))
    assert (answer.effect, answer.limit) == ("26 %", "at most 10 %")


def test_a_remedy_stands_only_where_one_is_needed(make_contents, make_check) -> None:
    passed, failed = all_answers(
        make_contents(verdict={"version": "1", "status": "valid", "checks": [make_check(), make_check(status="fail")]})
    )
    assert passed.remedy == "" and failed.remedy


def test_a_check_with_the_contract_keys_alone_is_shown(make_contents, make_check) -> None:
    keys = [
        "id",
        "question",
        "status",
        "severity",
        "split_a",
        "split_b",
        "effect",
        "ci_low",
        "ci_high",
        "limit",
        "p_value",
        "n_a",
        "n_b",
    ]
    bare = {key: make_check()[key] for key in keys}
    (block,) = blocks(make_contents, bare)
    assert block.title == bare["question"]
