"""Which of three views of a bond is wrong: every combination, by hand."""

import pytest

from xsbond.snapshot.compare import odd
from xsbond.snapshot.views import LegViews, LinkViews, Plugged, judge_legs, judge_links, judge_mode

NO_SUCH = "could not open network device eth5 (No such device)"


def leg(*, joined: bool, plugged: Plugged, exists: bool = True, error: str = "") -> LegViews:
    """Return the views of eth5."""
    return LegViews(device="eth5", joined=joined, plugged=plugged, exists=exists, error=error)


LEGS: dict[str, tuple[LegViews, tuple[str, ...]]] = {
    "all-agree": (leg(joined=True, plugged=Plugged.BONDED), ()),
    "no-leg-at-all": (leg(joined=False, plugged=Plugged.ABSENT), ()),
    "switch-lost-it": (
        leg(joined=True, plugged=Plugged.ABSENT),
        ("OVS is wrong: it lacks eth5, which XAPI joins and the kernel has",),
    ),
    "ordinary-port": (
        leg(joined=True, plugged=Plugged.ALONE),
        ("OVS is wrong: eth5 is an ordinary port, no bond runs",),
    ),
    "port-without-a-bond": (
        leg(joined=True, plugged=Plugged.BROKEN),
        ("OVS is wrong: eth5 is in its port, but no bond runs",),
    ),
    "nic-gone": (
        leg(joined=True, plugged=Plugged.BROKEN, exists=False, error=NO_SUCH),
        (
            (
                "the kernel has no eth5, so the NIC is gone; XAPI's record and OVS are stale"
                f" (OVS says: {NO_SUCH})"
            ),
        ),
    ),
    "nic-gone-unnoticed": (
        leg(joined=True, plugged=Plugged.BONDED, exists=False),
        ("the kernel has no eth5, so the NIC is gone; XAPI's record and OVS are stale",),
    ),
    "record-stale": (
        leg(joined=True, plugged=Plugged.ABSENT, exists=False),
        ("XAPI's record is stale: it joins eth5, which neither OVS nor the kernel has",),
    ),
    "record-without-it": (
        leg(joined=False, plugged=Plugged.BONDED),
        ("XAPI's record is wrong: it lacks eth5, which OVS runs and the kernel has",),
    ),
    "switch-alone-knows-it": (
        leg(joined=False, plugged=Plugged.BONDED, exists=False),
        ("OVS is wrong: it runs eth5, which neither XAPI nor the kernel knows",),
    ),
    "unusable-though-bonded": (
        leg(joined=True, plugged=Plugged.BONDED, error="eth5 is busy"),
        ("OVS cannot use eth5 (OVS says: eth5 is busy)",),
    ),
}
"""Case -> one NIC in the three views, and the verdict."""


@pytest.mark.parametrize("case", LEGS)
def test_two_views_of_a_leg_outvote_the_third(case: str) -> None:
    """The sentence names the view that is wrong, and why."""
    views, verdict = LEGS[case]
    assert judge_legs([views], "OVS") == verdict


@pytest.mark.parametrize("plugged", Plugged)
@pytest.mark.parametrize("joined", [True, False])
@pytest.mark.parametrize("exists", [True, False])
def test_only_agreement_goes_without_a_sentence(
    plugged: Plugged, joined: bool, exists: bool
) -> None:
    """Every other combination is told."""
    agreed = (joined, plugged, exists) == (True, Plugged.BONDED, True) or (
        not joined and plugged is Plugged.ABSENT
    )
    sentences = judge_legs([leg(joined=joined, plugged=plugged, exists=exists)], "OVS")
    assert len(sentences) == (0 if agreed else 1)


@pytest.mark.parametrize(
    ("xapi", "running", "verdict"),
    [
        ("balance-slb", "balance-slb", ()),
        (
            "balance-slb",
            "active-backup",
            (
                (
                    "OVS is wrong about the mode: XAPI means balance-slb, OVS runs active-backup,"
                    " the bond file wants balance-slb"
                ),
            ),
        ),
        (
            "active-backup",
            "balance-slb",
            (
                (
                    "XAPI's record is wrong about the mode: XAPI means active-backup, OVS runs"
                    " balance-slb, the bond file wants balance-slb"
                ),
            ),
        ),
        (
            "active-backup",
            "balance-tcp",
            (
                (
                    "both views of the mode are wrong: XAPI means active-backup, OVS runs"
                    " balance-tcp, the bond file wants balance-slb"
                ),
            ),
        ),
        # Both views differ from the bond file: that is another claim's business.
        ("active-backup", "active-backup", ()),
    ],
    ids=["agree", "switch", "record", "both", "agree-on-another"],
)
def test_bond_file_decides_which_mode_is_wrong(
    xapi: str, running: str, verdict: tuple[str, ...]
) -> None:
    """Between two views that differ, the wanted mode is the third voice."""
    assert judge_mode(xapi, running, "balance-slb", "OVS") == verdict


def link(*, carrier: bool, enabled: bool, known: bool, waits: bool = False) -> LinkViews:
    """Return the views of the link of eth5."""
    return LinkViews(device="eth5", carrier=carrier, enabled=enabled, known=known, waits=waits)


LINKS: dict[str, tuple[LinkViews, tuple[str, ...]]] = {
    "up": (link(carrier=True, enabled=True, known=True), ()),
    # xapi alone misses the carrier: a view that is wrong, not a link that is down.
    "record-behind": (
        link(carrier=True, enabled=True, known=False),
        ("XAPI's PIF_metrics.carrier of eth5 is stale: the kernel and OVS have its link",),
    ),
    "disabled": (
        link(carrier=True, enabled=False, known=True),
        ("OVS keeps eth5 disabled, though it has a carrier",),
    ),
    "waiting": (
        link(carrier=True, enabled=False, known=True, waits=True),
        ("OVS keeps eth5 disabled, though it has a carrier: its updelay runs",),
    ),
    "plugged-a-moment-ago": (
        link(carrier=True, enabled=False, known=False),
        ("OVS keeps eth5 disabled; XAPI knows no carrier, the kernel says there is one",),
    ),
    "unplugged": (
        link(carrier=False, enabled=False, known=False),
        ("eth5 has no carrier: look at its cable and its switch port",),
    ),
    "record-stale": (
        link(carrier=False, enabled=False, known=True),
        ("eth5 has no carrier; XAPI's PIF_metrics.carrier is stale",),
    ),
    "switch-blind": (
        link(carrier=False, enabled=True, known=False),
        ("OVS is wrong: it has eth5 enabled, which has no carrier",),
    ),
    "kernel-alone": (
        link(carrier=False, enabled=True, known=True),
        ("the kernel alone sees no carrier on eth5; OVS has it enabled and XAPI knows a carrier",),
    ),
}
"""Case -> the link of one leg in the three views, and the verdict."""


@pytest.mark.parametrize("case", LINKS)
def test_link_is_judged_by_all_three_views(case: str) -> None:
    """The sentence says what is wrong with the link, or with a view of it."""
    views, verdict = LINKS[case]
    assert judge_links([views], int(views.enabled), int(views.enabled), "OVS") == verdict


def test_links_up_that_differs_is_xapis_fault() -> None:
    """Bond.links_up counts what the switch has enabled, and nothing else."""
    views = link(carrier=True, enabled=True, known=True)
    assert judge_links([views, views], 1, 2, "OVS") == (
        "XAPI's Bond.links_up is 1, but OVS has 2 legs enabled",
    )


@pytest.mark.parametrize(
    ("values", "host", "verdict"),
    [
        ({"a": 1}, "a", ""),
        ({"a": 1, "b": 1, "c": 2}, "a", ""),
        ({"a": 1, "b": 1, "c": 2}, "c", "2 here, but 1 on a, b"),
        ({"a": 1, "b": 2}, "a", "1 here, but 2 on b"),
        ({"a": 1, "b": 2}, "b", "2 here, but 1 on a"),
        ({"a": 1, "b": 2, "c": 3}, "b", "2 here, but 1 on a, 3 on c"),
        ({"a": 1, "b": 1, "c": 2, "d": 2, "e": 3}, "e", "3 here, but 1 on a, b, 2 on c, d"),
    ],
    ids=["alone", "usual", "odd", "tie", "tie-other", "all-differ", "odd-beside-a-tie"],
)
def test_odd_host_is_the_one_that_differs_from_most(
    values: dict[str, int], host: str, verdict: str
) -> None:
    """Most hosts are right; where there is no most, every host is told."""
    assert odd(values, host) == verdict
