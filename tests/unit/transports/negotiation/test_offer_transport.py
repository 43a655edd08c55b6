"""How the sections of an offer are carried: names, bundles, credentials."""

from __future__ import annotations

from typing import Any

import pytest

from gradio_webrtc.errors import InvalidOfferError
from gradio_webrtc.transports.negotiation.offer_transport import (
    Credentials,
    bundled_mids,
    credentials,
    is_rejected,
    mid_of,
)
from gradio_webrtc.transports.negotiation.sdp_reader import Lines, Sdp, Section

SHA = ":".join(["0a"] * 32)
OWN: dict[str, list[str]] = {
    "ice-ufrag": ["user"],
    "ice-pwd": ["p" * 24],
    "fingerprint": [f"sha-256 {SHA}"],
    "setup": ["actpass"],
}


def section(**changes: Any) -> Section:
    return Section(OWN | {key.replace("_", "-"): value for key, value in changes.items()})


def carried(
    own: Section, session: Lines | None = None, tagged: Section | None = None
) -> Credentials:
    return credentials(session or Lines(), own, tagged)


def test_the_lines_of_a_section_that_says_everything_itself() -> None:
    assert carried(section()).lines() == [
        "a=ice-ufrag:user",
        f"a=ice-pwd:{'p' * 24}",
        f"a=fingerprint:sha-256 {SHA.upper()}",
        "a=setup:actpass",
    ]


def test_what_a_section_lacks_is_that_of_its_bundle_and_then_of_all() -> None:
    session = Lines(OWN | {"ice-ufrag": ["everybody"], "ice-lite": [""]})
    tagged = Section({"ice-ufrag": ["bundle"]})
    found = carried(Section({"ice-pwd": ["own"]}), session, tagged)
    assert (found.ufrag, found.password, found.lite) == ("bundle", "own", True)
    assert carried(Section(), session).ufrag == "everybody"


def test_own_fingerprints_take_the_place_of_those_for_all() -> None:
    other = ":".join(["0B"] * 32)
    session = Lines({"fingerprint": [f"sha-256 {other}"]})
    assert carried(section(), session).fingerprints == (("sha-256", SHA.upper()),)
    several = section(fingerprint=[f"SHA-256 {SHA}", f"sha-256 {SHA}", f"md5 {SHA}"])
    assert carried(several).fingerprints == (("sha-256", SHA.upper()),)


def test_nothing_said_of_the_role_means_active() -> None:
    own = section()
    del own.attributes["setup"]
    assert carried(own).setup == "active"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ice_ufrag": []}, "ICE credentials"),
        ({"ice_pwd": ["with space"]}, "ICE credentials"),
        ({"ice_pwd": ["x" * 257]}, "ICE credentials"),
        ({"setup": ["holdconn"]}, "actpass, active or passive"),
        ({"fingerprint": [f"md5 {SHA}"]}, "fingerprint of a known kind"),
        ({"fingerprint": ["sha-256 0A"]}, "fingerprint of a known kind"),
    ],
)
def test_what_is_missing_or_unreadable_is_named(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidOfferError, match=words):
        carried(section(**changes))


@pytest.mark.parametrize(
    ("groups", "mids"),
    [
        ([], ()),
        (["LS 0 1", "BUNDLE 1 0", "BUNDLE 0"], ("1", "0")),
        (["bundle 0 0 1"], ("0", "1")),
        (["BUNDLE"], ()),
    ],
)
def test_the_first_bundle_counts(groups: list[str], mids: tuple[str, ...]) -> None:
    assert bundled_mids(Sdp(Lines({"group": groups}), [Section(), Section()])) == mids


def test_names_of_sections() -> None:
    assert mid_of(Section()) is None
    assert mid_of(Section({"mid": [" audio "]})) == "audio"
    for bad in ("", "two words", "x" * 65):
        with pytest.raises(InvalidOfferError, match="a=mid"):
            mid_of(Section({"mid": [bad]}))


@pytest.mark.parametrize(
    ("port", "bundle_only", "bundled", "rejected"),
    [
        (9, False, False, False),
        (0, False, True, True),
        (0, True, True, False),
        (0, True, False, True),
    ],
)
def test_port_zero_is_a_rejection_unless_it_goes_by_anothers(
    port: int, bundle_only: bool, bundled: bool, rejected: bool
) -> None:
    own = Section({"bundle-only": [""]} if bundle_only else {}, port=port)
    assert is_rejected(own, bundled) is rejected
