"""The versions that the matrix of hosts installs are those that ``pyproject.toml`` allows."""

from __future__ import annotations

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from proof.hosts.bounds import TEST_NEEDS, VARIED, NoVersionError, declared, lowest
from proof.hosts.cells import PYTHONS

TEXT = """
[project]
classifiers = ["Programming Language :: Python :: 3", "Programming Language :: Python :: 3.10"]
dependencies = [
    "gradio>=6.9,<7",
    "aiortc>=1.15,<2",
    "av>=17",
    "numpy>=1.24; python_version >= '3'",
]

[project.optional-dependencies]
dev = ["ruff>=0.17", "pytest>=8.4,<10; sys_platform == 'linux'"]
"""

VERSIONS = {
    "gradio": ["6.31.0", "6.10.0", "6.9.0", "6.8.0"],
    "aiortc": ["1.15.0", "1.14.0"],
    "av": ["17.1.0", "17.0.0", "16.1.0"],
    "numpy": ["2.5.5", "1.26.4", "1.26.0"],
}


def test_the_oldest_set_is_the_lowest_of_what_there_are_wheels_of() -> None:
    # NumPy 1.24 has no wheels for newer Pythons: the oldest that has is the oldest that is tried.
    assert declared(TEXT).oldest(VERSIONS.__getitem__) == [
        "gradio==6.9.0",
        "aiortc==1.15.0",
        "av==17.0.0",
        "numpy==1.26.0",
    ]


def test_versions_are_ordered_as_versions_and_not_as_text_and_none_is_a_pre_release() -> None:
    versions = ["1.10.0", "1.9.0", "1.9.0rc1", "1.100.0"]
    assert lowest("it", versions, SpecifierSet(">=1.5")) == "1.9.0"


def test_a_package_without_wheels_within_its_bounds_is_named() -> None:
    with pytest.raises(NoVersionError, match="no wheel of av>=17"):
        lowest("av", ["16.1.0"], SpecifierSet(">=17"))


def test_what_tests_need_keeps_its_bounds_and_conditions() -> None:
    assert declared(TEXT).test_needs == ('pytest<10,>=8.4; sys_platform == "linux"',)


def test_the_pyav_that_corrupts_memory_at_a_full_disk_is_not_allowed() -> None:
    # tests/unit/recording has the full disk; with 17.0.0 the next garbage collection crashes.
    allowed = declared().dependencies["av"]
    assert not allowed.contains("17.0.0")
    assert allowed.contains("17.1.0")


def test_this_project_declares_all_that_the_matrix_varies_needs_and_runs_on() -> None:
    bounds = declared()
    assert set(VARIED) <= set(bounds.dependencies)
    assert [Requirement(need).name for need in bounds.test_needs] == list(TEST_NEEDS)
    assert bounds.pythons == PYTHONS
