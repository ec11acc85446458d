"""A claim about the bond and about dom0: jumbo frames on every NIC, as the kernel has it."""

import testinfra.host

from pytest_xsbond import BondOnHost, outcome

JUMBO = 9000


@outcome("X-JUMBO", claim="Every NIC of the bond takes frames of 9000 bytes.")
def test_nics_take_jumbo_frames(here: BondOnHost, dom0: testinfra.host.Host) -> None:
    """`here` has the NICs that the bond joins on this host; `dom0` asks the kernel."""
    seen = {nic: int(dom0.check_output(f"cat /sys/class/net/{nic}/mtu")) for nic in here.legs}
    assert seen == dict.fromkeys(here.legs, JUMBO)
