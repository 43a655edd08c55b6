import os
from pathlib import Path

import pytest

from gradio_webrtc.migrate.atomic_write import ChangedMeanwhileError, replace_file


def test_a_file_is_replaced_with_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "app.py"
    path.write_bytes(b"before")
    path.chmod(0o750)
    replace_file(path, b"before", b"after")
    assert path.read_bytes() == b"after"
    assert path.stat().st_mode & 0o777 == 0o750
    assert os.listdir(tmp_path) == ["app.py"]


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_bytes(b"before")
    (tmp_path / "link.py").symlink_to(tmp_path / "app.py")
    replace_file(tmp_path / "link.py", b"before", b"after")
    assert (tmp_path / "link.py").is_symlink()
    assert (tmp_path / "app.py").read_bytes() == b"after"


def test_what_somebody_else_wrote_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "app.py"
    path.write_bytes(b"edited")
    with pytest.raises(ChangedMeanwhileError, match=r"app\.py has changed"):
        replace_file(path, b"before", b"after")
    assert path.read_bytes() == b"edited"


def test_a_failure_leaves_the_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "app.py"
    path.write_bytes(b"before")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        replace_file(path, b"before", b"after")
    assert path.read_bytes() == b"before"
    assert os.listdir(tmp_path) == ["app.py"]
