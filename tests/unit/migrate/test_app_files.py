import os
from pathlib import Path

import pytest

from gradio_webrtc.migrate.app_files import (
    LARGEST_BYTES,
    AppError,
    AppFile,
    app_files,
    kind_of,
    read_file,
)


def found(folder: Path) -> dict[str, str]:
    files = list(app_files(folder))
    assert all(isinstance(file, AppFile) for file in files)
    return {
        file.path.relative_to(folder).as_posix(): file.kind
        for file in files
        if isinstance(file, AppFile)
    }


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_an_apps_own_files_are_found_in_order(tmp_path: Path) -> None:
    put(tmp_path, "b.py", "a.py", "sub/c.pyw", "requirements-dev.txt", "pyproject.toml")
    put(tmp_path, "README.md", "uv.lock", "notes.txt", "page.html", "x.ipynb")
    assert found(tmp_path) == {
        "README.md": "readme",
        "a.py": "python",
        "b.py": "python",
        "pyproject.toml": "pyproject",
        "requirements-dev.txt": "requirements",
        "sub/c.pyw": "python",
        "uv.lock": "lock",
        "x.ipynb": "notebook",
    }


def test_what_is_not_the_apps_own_is_left_out(tmp_path: Path) -> None:
    put(tmp_path, "app.py", ".venv/a.py", "venv/b.py", "node_modules/c.py", ".git/d.py")
    put(tmp_path, "python3/pyvenv.cfg", "python3/e.py", "x.egg-info/f.py", "__pycache__/g.py")
    assert found(tmp_path) == {"app.py": "python"}


def test_links_inside_are_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "app/app.py", "other/lib.py")
    (tmp_path / "app" / "again").symlink_to(tmp_path / "app", target_is_directory=True)
    (tmp_path / "app" / "other").symlink_to(tmp_path / "other", target_is_directory=True)
    (tmp_path / "app" / "lib.py").symlink_to(tmp_path / "other" / "lib.py")
    assert found(tmp_path / "app") == {"app.py": "python"}
    (tmp_path / "link").symlink_to(tmp_path / "app")
    assert len(list(app_files(tmp_path / "link"))) == 1  # what is named itself is


def test_what_cannot_be_looked_at_is_told(tmp_path: Path) -> None:
    put(tmp_path, "page.html")
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    for name, words in (
        ("nothing", "no such file"),
        ("page.html", "not a Python file"),
        ("a", "links|Too many|symbolic"),
    ):
        with pytest.raises(AppError, match=words):
            list(app_files(tmp_path / name))


def test_a_home_is_no_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradio_webrtc.migrate.app_files.MOST_FILES", 3)
    put(tmp_path, "a.py", "b.py", "c.py")
    assert len(found(tmp_path)) == 3
    put(tmp_path, "d.py")
    with pytest.raises(AppError, match="more than 3 files"):
        list(app_files(tmp_path))


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("x = 'é'\r\n".encode(), "utf-8"),
        ("x = 'é'\n".encode("utf-8-sig"), "utf-8-sig"),
        ("# coding: latin-1\nx = 'é'\n".encode("latin-1"), "iso-8859-1"),
    ],
)
def test_a_file_is_written_as_it_is_read(tmp_path: Path, data: bytes, encoding: str) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    read = read_file(path)
    assert read.encoding == encoding
    assert "'é'" in read.text
    assert read.encoded(read.text) == data


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"x = '\xff'\n", "cannot|can be decoded|not text"),
        (b"# coding: nonsense\n", "not text"),
        (b"#" * (LARGEST_BYTES + 1), "1,000,001 bytes"),
    ],
)
def test_what_is_no_text_is_told(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    with pytest.raises(AppError, match=words):
        read_file(path)


def test_a_pipe_with_the_name_of_a_program_holds_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.py")
    with pytest.raises(AppError, match="not a regular file"):
        read_file(tmp_path / "a.py")
    with pytest.raises(AppError, match="No such file"):
        read_file(tmp_path / "b.py")


def test_names_tell_the_kind() -> None:
    assert kind_of("requirements.in") == "requirements"
    assert kind_of("README_gradio.md") == "readme"
    assert kind_of("CHANGES.md") is None
