"""What this machine lacks for a rig, and how to get it."""

import os
import subprocess
import sys
from pathlib import Path

from xsbond.lab.rig.modes import Footing, find, footing

_PACKAGES = {
    "ovsdb-server": "openvswitch-switch",
    "ovsdb-tool": "openvswitch-switch",
    "ovs-vswitchd": "openvswitch-switch",
    "ovs-vsctl": "openvswitch-switch",
    "ovs-appctl": "openvswitch-switch",
    "sshd": "openssh-server",
    "ip": "iproute2",
    "ifconfig": "net-tools",
    "ethtool": "ethtool",
    "ping": "iputils-ping",
    "sysctl": "procps",
    "bash": "bash",
    "unshare": "util-linux",
    "pivot_root": "util-linux",
}
"""Program -> the package of Debian and Ubuntu that has it; most names are the same elsewhere."""
_LEAST = (5, 12)
"""Linux: mount_setattr(2), and overlays in user namespaces, which came one release before."""
_SWITCHES = {
    "/proc/sys/user/max_user_namespaces": ("0", "sudo sysctl user.max_user_namespaces=10000"),
    "/proc/sys/kernel/unprivileged_userns_clone": (
        "0",
        "sudo sysctl kernel.unprivileged_userns_clone=1",
    ),
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": (
        "1",
        "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0",
    ),
}
"""File -> the value that forbids user namespaces, and what allows them."""
_PROBES = {
    "virtual Ethernet (veth)": "ip link add one type veth peer name two",
    "bridges": "ip link add three type bridge",
    "overlay file systems": (
        "mount -t tmpfs tmpfs /run && cd /run && mkdir one two work && mount -t overlay overlay"
        " -o lowerdir=one,upperdir=two,workdir=work{userxattr} /etc"
    ),
}
_PATIENCE = 20.0


def missing() -> tuple[str, ...]:
    """Return what `--pool=lab:ovs` lacks here, a line for each; empty if it can run.

    Each line says how to get it. What only makes a rig poorer, as the want of /dev/net/tun, is
    not among them: see `shortfall`.
    """
    if sys.platform != "linux":
        return (f"it needs Linux, and this is {sys.platform}: use --pool=lab",)
    return tuple(_old_kernel() or _absent_programs() or _forbidden(footing()))


def shortfall(on: Footing) -> str:
    """Return what a rig does without here, in one line; empty if that is nothing."""
    if on.datapath_type == "netdev":
        return ""
    reason = "no permission for" if Path("/dev/net/tun").exists() else "no"
    return (
        f"{reason} /dev/net/tun: bridges have no interfaces of Open vSwitch's own, stand-ins are"
        " shown; `sudo modprobe tun; sudo chmod 0666 /dev/net/tun` gives them theirs"
    )


def _old_kernel() -> list[str]:
    release = os.uname().release
    numbers = [part for part in release.replace("-", ".").split(".")[:2] if part.isdigit()]
    if tuple(map(int, numbers)) >= _LEAST:
        return []
    return [f"it needs Linux 5.12 or later, and this is {release}: use --pool=lab"]


def _absent_programs() -> list[str]:
    absent: dict[str, list[str]] = {}
    for program, package in _PACKAGES.items():
        if not find(program):
            absent.setdefault(package, []).append(program)
    return [
        f"{', '.join(programs)}: not found; apt-get install {package}"
        for package, programs in absent.items()
    ]


def _forbidden(on: Footing) -> list[str]:
    """Return which namespaces, devices or file systems may not be made."""
    said = _try(on, "true")
    if said:
        return [f"namespaces: {said}; {_way_to_namespaces(on)}"]
    userxattr = "" if on.mode == "root" else ",userxattr"
    probes = {what: probe.replace("{userxattr}", userxattr) for what, probe in _PROBES.items()}
    answers = {what: _try(on, probe) for what, probe in probes.items()}
    return [
        f"{what}: {answer}; this kernel has or allows none: use --pool=lab"
        for what, answer in answers.items()
        if answer
    ]


def _way_to_namespaces(on: Footing) -> str:
    if on.mode == "root":
        return "in a container start that with --privileged, or use --pool=lab"
    for file, (forbids, remedy) in _SWITCHES.items():
        if Path(file).exists() and Path(file).read_text(encoding="ascii").strip() == forbids:
            return f"{remedy} allows them, or run as root"
    return "run as root, or use --pool=lab"


def _try(on: Footing, script: str) -> str:
    """Return what a script in namespaces of its own complains of; empty if it succeeds."""
    command = [*on.unshare, "/bin/sh", "-c", script]
    try:
        ran = subprocess.run(  # noqa: S603 - ours
            command, capture_output=True, check=False, text=True, timeout=_PATIENCE
        )
    except subprocess.TimeoutExpired:
        return "no answer"
    if not ran.returncode:
        return ""
    return (ran.stderr.strip() or f"exit status {ran.returncode}").splitlines()[-1]
