"""Everything in a folder is a head or is refused, in one order, and nothing outside of it is read."""

import os
import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.catalog.quarantine import REASONS
from tasks.catalog.schema import HEADS, QUARANTINE
from tasks.config.inputs import AudioFolder
from tasks.errors import InputError, Unreadable
from tasks.sources import safe_files, walking
from tasks.sources.kinds import read_bytes
from tasks.sources.names import name_to_text, text_to_name
from tasks.sources.reader import reader


def test_a_head_says_what_is_known_without_opening(folder, images, listed) -> None:
    root = folder({"7/w1_a.png": b"12345"})
    found = listed(images(root))
    assert found.heads == [
        {
            "record_id": "app/7/w1_a.png",
            "input": "app",
            "domain": "target",
            "label": "7",
            "group": None,
            "path": "7/w1_a.png",
            "size_bytes": 5,
            "mtime_ns": (root / "7/w1_a.png").stat().st_mtime_ns,
        }
    ]
    assert found.shards[0].heads.schema == HEADS
    assert found.shards[0].refused.schema == QUARANTINE


def test_the_order_is_that_of_the_paths_bytes(folder, images, listed) -> None:
    names = ["b/1.png", "a/b/1.png", "a/b.png", "a/B.png", "a-/1.png", "a/é.png", "a/z.png", "a/10.png", "a/9.png"]
    found = listed(images(folder(names)))
    assert found.paths == sorted(names, key=lambda name: name.encode())


def test_the_order_does_not_depend_on_the_file_system(folder, images, listed, monkeypatch) -> None:
    root = folder([f"{label}/{number}.png" for label in "cab" for number in range(9)])
    expected = listed(images(root)).heads
    scandir = os.scandir

    class Backwards:
        def __init__(self, path: str) -> None:
            self.entries = list(scandir(path))[::-1]

        def __enter__(self):
            return iter(self.entries)

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(walking.os, "scandir", Backwards)
    assert listed(images(root)).heads == expected


@pytest.mark.parametrize("rows", [1, 2, 3, 100])
def test_shards_are_cut_by_rows_and_lose_nothing(rows: int, folder, images, listed) -> None:
    root = folder([f"{label}/{number}.png" for label in "ab" for number in range(5)])
    found = listed(images(root), shard_rows=rows)
    assert max(shard.heads.num_rows for shard in found.shards) <= rows
    assert found.heads == listed(images(root)).heads


def test_shards_are_cut_by_bytes_but_a_large_file_is_a_shard(folder, images, listed) -> None:
    root = folder({f"a/{number}.png": b"x" * size for number, size in enumerate([40, 40, 40, 500, 40])})
    found = listed(images(root), shard_bytes=100)
    assert [shard.heads["size_bytes"].to_pylist() for shard in found.shards] == [[40, 40], [40], [500], [40]]


def test_many_refused_files_are_cut_into_shards_too(folder, images, listed) -> None:
    root = folder(["a/1.png", *(f"a/{number}.txt" for number in range(10))])
    found = listed(images(root), shard_rows=3)
    assert max(shard.refused.num_rows for shard in found.shards) <= 3
    assert len(found.refused) == 10


def test_every_file_is_a_head_or_refused(folder, images, listed) -> None:
    good = ["cat/1.png", "cat/deep/er/2.JPG", "dog/3.jpeg", "dog/4.WebP", "dog/5.bmp", "dog/6.tif", "dog/7.tiff"]
    odd = ["cat/Thumbs.db", "cat/.DS_Store", "cat/._1.png", "dog/readme", "dog/a.txt", "root.png", ".git/HEAD"]
    found = listed(images(folder([*good, *odd])))
    assert found.paths == sorted(good)
    assert found.reasons == {
        "cat/Thumbs.db": "not_supported",
        "cat/.DS_Store": "not_supported",
        "cat/._1.png": "not_supported",
        "dog/readme": "not_supported",
        "dog/a.txt": "not_supported",
        "root.png": "label_missing",
        ".git": "not_supported",
    }
    assert set(found.reasons.values()) <= REASONS.keys()


def test_the_label_is_the_first_folder(folder, images, listed) -> None:
    found = listed(images(folder(["7/1.png", "7/nine/2.png", "  x /3.png"])))
    assert dict(zip(found.paths, found.column("label"), strict=True)) == {
        "7/1.png": "7",
        "7/nine/2.png": "7",
        "  x /3.png": "  x ",
    }


def test_labels_that_are_not_listed_are_refused(folder, images, listed) -> None:
    found = listed(images(folder(["cat/1.png", "dgo/2.png"]), labels=("cat", "dog")))
    assert found.paths == ["cat/1.png"]
    assert found.reasons == {"dgo/2.png": "label_unknown"}
    assert "'dgo'" in found.details


def test_an_empty_file_is_refused_before_it_is_opened(folder, images, listed) -> None:
    found = listed(images(folder({"a/1.png": b"x", "a/2.png": b"", "a/notes.txt": b""})))
    assert found.reasons == {"a/2.png": "empty_file", "a/notes.txt": "not_supported"}


def test_sounds_and_images_do_not_mix(folder, listed) -> None:
    root = folder(["a/1.wav", "a/2.flac", "a/3.ogg", "a/4.png"])
    found = listed(AudioFolder(name="mic", domain="source", kind="audio_folder", path=str(root)))
    assert found.paths == ["a/1.wav", "a/2.flac", "a/3.ogg"]
    assert found.reasons == {"a/4.png": "not_supported"}


ODD = [
    "with space.png",
    "ünï-漢字.png",
    "<script>alert(1)</script>",
    'it\'s "q".png',
    "new\nline.png",
    "a..b.png",
    "\\x41.png",
]


@pytest.mark.parametrize("name", ODD)
def test_odd_names_are_data(name: str, folder, images, listed) -> None:
    name = name.replace("/", "_")
    files = {f"{name}/x.png": b"label", f"a/{name.removesuffix('.png')}.png": b"name"}
    source = images(folder(files))
    found = listed(source)
    assert len(found.heads) == 2
    assert not found.refused
    assert sorted(read_bytes(source, path) for path in found.paths) == [b"label", b"name"]
    if not name.startswith("\\x"):
        assert set(found.paths) == set(files)


@given(st.binary(min_size=1, max_size=20).filter(lambda raw: b"/" not in raw and b"\0" not in raw))
@settings(max_examples=200)
def test_a_name_of_any_bytes_becomes_text_and_back(raw: bytes) -> None:
    name = os.fsdecode(raw)
    text = name_to_text(name)
    text.encode("utf-8")
    assert os.fsencode(text_to_name(text)) == raw


@given(st.text(alphabet="\\x5cfé", max_size=8), st.text(alphabet="\\x5cfé", max_size=8))
def test_two_names_never_become_one_text(first: str, second: str) -> None:
    assert (name_to_text(first) == name_to_text(second)) == (first == second)
    assert text_to_name(name_to_text(first)) == first


def test_names_that_are_not_utf8_are_listed_and_read(folder, images, listed) -> None:
    root = folder({"a/ok.png": b"ok"})
    raw = os.fsencode(root) + b"/a/caf\xe9.png"
    Path(os.fsdecode(raw)).write_bytes(b"latin")
    source = images(root)
    found = listed(source)
    assert found.paths == ["a/caf\\xe9.png", "a/ok.png"]
    assert read_bytes(source, "a/caf\\xe9.png") == b"latin"


def test_links_inside_are_files_and_links_outside_are_refused(folder, images, listed, tmp_path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"secret")
    root = folder({"a/1.png": b"one"})
    (root / "a/2.png").symlink_to("1.png")
    (root / "a/3.png").symlink_to(secret)
    (root / "a/4.png").symlink_to("nowhere.png")
    (root / "out").symlink_to(tmp_path)
    (root / "twin").symlink_to("a")
    (root / "round").symlink_to("round")
    (root / "a/up").symlink_to("..")
    source = images(root)
    found = listed(source)
    assert found.paths == ["a/1.png", "a/2.png"]
    assert found.reasons == {
        "a/3.png": "outside_folder",
        "a/4.png": "missing_file",
        "out": "outside_folder",
        "twin": "not_supported",
        "round": "missing_file",
        "a/up": "not_supported",
    }
    assert read_bytes(source, "a/2.png") == b"one"
    for path in ("a/3.png", "out/secret.png", "twin/../../secret.png"):
        with pytest.raises(Unreadable) as why:
            read_bytes(source, path)
        assert why.value.reason == "outside_folder"


def test_a_folder_beside_with_a_like_name_is_outside(folder, images, listed) -> None:
    folder({"x/1.png": b"other"}, name="data2")
    root = folder({"a/1.png": b"one"})
    (root / "a/2.png").symlink_to(root.parent / "data2/x/1.png")
    assert listed(images(root)).reasons == {"a/2.png": "outside_folder"}


def test_the_input_itself_may_be_a_link(folder, images, listed, tmp_path) -> None:
    root = folder({"a/1.png": b"one"})
    (root / "a/2.png").symlink_to("1.png")
    (tmp_path / "link").symlink_to(root)
    assert listed(images(tmp_path / "link")).paths == ["a/1.png", "a/2.png"]


@pytest.mark.parametrize("path", ["../secret.png", "/etc/passwd", "a/../../secret.png", "", "a/../1.png", "a\0b"])
def test_no_path_leads_out(path: str, folder, images, tmp_path) -> None:
    (tmp_path / "secret.png").write_bytes(b"secret")
    with pytest.raises(Unreadable) as why:
        read_bytes(images(folder({"a/1.png": b"one"})), path)
    assert why.value.reason == "outside_folder"


def test_pipes_sockets_and_folders_are_never_opened(folder, images, listed, monkeypatch) -> None:
    root = folder({"a/1.png": b"one"})
    os.mkfifo(root / "a/pipe.png")
    monkeypatch.chdir(root / "a")  # a socket's path may have about 100 characters
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("socket.png")
        source = images(root)
        found = listed(source)
        assert found.paths == ["a/1.png"]
        assert found.reasons == {"a/pipe.png": "not_supported", "a/socket.png": "not_supported"}
        assert "named pipe" in found.details
        for path in ("a/pipe.png", "a/socket.png", "a"):
            with pytest.raises(Unreadable) as why:
                read_bytes(source, path)
            assert why.value.reason == "not_supported"


def test_devices_are_never_opened(folder, images, listed) -> None:
    root = folder({"a/1.png": b"one"})
    try:
        os.mknod(root / "a/null.png", 0o020666, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("making a device needs rights that this user lacks")
    assert listed(images(root)).reasons == {"a/null.png": "not_supported"}


def test_a_pipe_that_takes_a_files_place_is_not_waited_for(folder, images, monkeypatch) -> None:
    root = folder({"a/1.png": b"one"})
    seen = os.lstat(root / "a/1.png")
    (root / "a/1.png").unlink()
    os.mkfifo(root / "a/1.png")
    monkeypatch.setattr(safe_files, "inspect_file", lambda *_: seen)
    with pytest.raises(Unreadable) as why:
        read_bytes(images(root), "a/1.png")
    assert why.value.reason == "not_supported"


def test_a_file_that_vanishes_is_missing(folder, images, listed) -> None:
    root = folder({"a/1.png": b"one"})
    source = images(root)
    (path,) = listed(source).paths
    (root / "a/1.png").unlink()
    for gone in (path, "a/1.png/deeper.png"):
        with pytest.raises(Unreadable) as why:
            read_bytes(source, gone)
        assert why.value.reason == "missing_file"


def test_a_file_that_vanishes_between_looking_and_opening_is_missing(folder, images, monkeypatch) -> None:
    root = folder({"a/1.png": b"one"})
    monkeypatch.setattr(safe_files, "inspect_file", lambda *_: (root / "a/1.png").unlink())
    with pytest.raises(Unreadable) as why:
        read_bytes(images(root), "a/1.png")
    assert why.value.reason == "missing_file"


def test_a_file_that_was_emptied_or_grows_is_told(folder, images, monkeypatch) -> None:
    root = folder({"a/1.png": b"one", "a/2.png": b"two"})
    (root / "a/1.png").write_bytes(b"")
    with pytest.raises(Unreadable) as why:
        read_bytes(images(root), "a/1.png")
    assert why.value.reason == "empty_file"
    small = os.stat_result((0o100644, 0, 0, 1, 0, 0, 2, 0, 0, 0))
    monkeypatch.setattr(safe_files.os, "fstat", lambda _: small)
    with pytest.raises(Unreadable) as why:
        read_bytes(images(root), "a/2.png")
    assert why.value.reason == "changed"


def test_a_file_beyond_the_limit_is_refused_unread(folder, images, listed, monkeypatch) -> None:
    root = folder({"a/1.png": b"one", "a/2.png": b"long"})
    monkeypatch.setattr(safe_files, "MAX_BYTES", 3)
    assert listed(images(root)).reasons == {"a/2.png": "too_large"}
    with pytest.raises(Unreadable) as why:
        read_bytes(images(root), "a/2.png")
    assert why.value.reason == "too_large"


def test_a_folder_that_may_not_be_listed_is_one_refusal(folder, images, listed, monkeypatch) -> None:
    root = folder(["a/1.png", "b/2.png", "c/3.png"])
    scandir = os.scandir

    def guarded(path: str):
        if os.fspath(path).endswith("/b"):
            raise PermissionError(13, "Permission denied")
        if os.fspath(path).endswith("/c"):
            raise FileNotFoundError(2, "No such file or directory")
        return scandir(path)

    monkeypatch.setattr(walking.os, "scandir", guarded)
    found = listed(images(root))
    assert found.paths == ["a/1.png"]
    assert found.reasons == {"b": "unreadable", "c": "changed"}


def test_a_file_that_may_not_be_read_is_unreadable(folder, images, monkeypatch) -> None:
    root = folder(["a/1.png"])

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(safe_files.os, "open", refuse)
    with pytest.raises(Unreadable) as why:
        read_bytes(images(root), "a/1.png")
    assert why.value.reason == "unreadable"
    assert "Permission denied" in why.value.detail


def test_very_deep_folders_are_walked(folder, images, listed) -> None:
    deep = "a/" + "d/" * 500 + "1.png"
    assert listed(images(folder([deep]))).paths == [deep]


def test_an_input_that_cannot_be_used_says_what_to_do(folder, images, listed, tmp_path) -> None:
    root = folder(["1.png", "2.txt"])
    (tmp_path / "empty").mkdir()
    cases = {
        "s3://bucket/x": "is a URL",
        str(tmp_path / "gone"): "no folder .*Correct `path`",
        str(root / "1.png"): "is a file",
        str(tmp_path / "empty"): "empty.*<path>/<label>/<file>",
        str(root): "1 label_missing, 1 not_supported.*Expected files as <path>/<label>/<file>",
    }
    for path, message in cases.items():
        with pytest.raises(InputError, match=rf"(?s)inputs.app.*{message}"):
            listed(images(path))


def test_an_input_that_may_not_be_read_says_so(folder, images, listed, monkeypatch) -> None:
    root = folder(["a/1.png"])

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(InputError, match=r"cannot be read.*Mend its permissions"):
        listed(images(root))


def test_the_reader_knows_inputs_by_name(folder, images) -> None:
    first = images(folder({"a/1.png": b"first"}, name="one"), name="one")
    second = images(folder({"a/1.png": b"second"}, name="two"), name="two")
    read = reader([first, second])
    assert (read("one", "a/1.png"), read("two", "a/1.png")) == (b"first", b"second")


@given(st.sets(st.from_regex(r"[ab]{1,2}(/[a-c.]{1,3}){0,2}\.(png|txt)", fullmatch=True), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_heads_and_refused_are_all_there_is(tmp_path_factory, names: set[str]) -> None:
    from tasks.config.inputs import ImageFolder
    from tasks.sources.files import list_folder

    root = tmp_path_factory.mktemp("some")
    (root / "z").mkdir()
    (root / "z/sure.png").write_bytes(b"x")
    written = {"z/sure.png"}
    for name in names:
        file = root / name
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(b"x")
        except (FileExistsError, IsADirectoryError, NotADirectoryError):
            continue
        written.add(os.path.relpath(file, root))
    source = ImageFolder(name="app", domain="target", kind="image_folder", path=str(root))
    shards = list(list_folder(source, frozenset({".png"}), shard_rows=3, shard_bytes=10**6))
    heads = [path for shard in shards for path in shard.heads["path"].to_pylist()]
    refused = [path for shard in shards for path in shard.refused["path"].to_pylist()]
    hidden = tuple(path + "/" for path in refused)
    assert not set(heads) & set(refused)
    assert written == {p for p in (*heads, *refused) if p in written} | {p for p in written if p.startswith(hidden)}
    assert heads == sorted(heads, key=str.encode)
