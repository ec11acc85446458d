"""The tutorial's own commands, and somebody who types them into a lab's hosts."""

from collections.abc import Mapping

import paramiko

from xsbond.lab import Lab
from xsbond.lab.blueprint import XENSERVER_6_2, tutorial

PATIENCE = 60.0

NETWORKS = (
    "xe network-list params=uuid,name-label,bridge | grep -v Pool | grep -v management"
    " | grep -B1 -A2 name-label"
)
PIFS = "params=uuid,device,IP,network-name-label"
STATIC = (
    f"xe pif-list host-uuid=$INSTALLATION_UUID physical=true IP-configuration-mode=Static {PIFS}"
)
BONDED = (
    f"xe pif-list host-uuid=$INSTALLATION_UUID physical=false IP-configuration-mode=Static {PIFS}"
)
GUEST = f"xe pif-list host-uuid=$INSTALLATION_UUID physical=false IP-configuration-mode=None {PIFS}"
BONDS = "xe bond-list params=uuid,master,mode"
ADDRESSES = "ifconfig | grep -v '127\\.0\\.0\\.1' | grep -B1 inet"
INTERFACES = "ifconfig -a | grep -e xen -e xapi -e eth"

MASTER_STEPS = {
    "0": ". /etc/xensource-inventory",
    "1a": "PUB_NET_UUID=$(xe network-create name-label=PUB)",
    "1b": 'echo -e "Guest Network UUID: $PUB_NET_UUID\\n"',
    "2a": (
        "PUB_PIF1_UUID=$(xe pif-list host-uuid=$INSTALLATION_UUID device=eth1 params=uuid"
        " | awk '{ print $5 }')"
    ),
    "2b": (
        "PUB_PIF5_UUID=$(xe pif-list host-uuid=$INSTALLATION_UUID device=eth5 params=uuid"
        " | awk '{ print $5 }')"
    ),
    "2c": ('echo -e "Guest PIF UUID\'s:\\n PIF1: $PUB_PIF1_UUID\\n PIF5: $PUB_PIF5_UUID\\n"'),
    "3a": (
        "PUB_BOND_UUID=$(xe bond-create network-uuid=$PUB_NET_UUID"
        " pif-uuids=$PUB_PIF1_UUID,$PUB_PIF5_UUID mode=balance-slb)"
    ),
    "3b": (
        "PUB_MSTR_UUID=$(xe pif-list host-uuid=$INSTALLATION_UUID network-uuid=$PUB_NET_UUID"
        " params=uuid | awk '{ print $5 }')"
    ),
    "3c": (
        "echo -e \"Guest Bond UUID's:\\n BOND INTERFACE UUID: $PUB_BOND_UUID\\n"
        ' BOND MASTER UUID: $PUB_MSTR_UUID\\n"'
    ),
    "4.1": NETWORKS,
    "4.2.1": STATIC,
    "4.2.2": BONDED,
    "4.2.3": GUEST,
    "4.3": BONDS,
    "4.4.1": ADDRESSES,
    "4.4.2": INTERFACES,
    "4.5.1": "ovs-vsctl list-br",
    "4.5.2": "ovs-appctl bond/list",
}
MEMBER_LOOKS = {
    "1": NETWORKS,
    "2.1": STATIC,
    "2.2": BONDED,
    "2.3": GUEST,
    "3": BONDS,
    "4.1": ADDRESSES,
    "4.2": INTERFACES,
    "5.1": "ovs-vsctl list-br",
    "5.2": "ovs-appctl bond/list",
}
RESTART = "service xapi restart && sleep 15"


class Typist:
    """Types commands at a host's prompt and reads what is printed before the next one."""

    def __init__(self, lab: Lab, name: str) -> None:
        config = paramiko.SSHConfig.from_path(str(lab.ssh_config)).lookup(name)
        self._client = paramiko.SSHClient()
        self._client.load_host_keys(str(lab.known_hosts))
        self._client.connect(
            config["hostname"],
            int(config["port"]),
            "root",
            key_filename=config["identityfile"][0],
            allow_agent=False,
            look_for_keys=False,
        )
        self._channel = self._client.invoke_shell(width=500)
        self._channel.settimeout(PATIENCE)
        self._prompt = f"[root@{name} ~]# "
        self._read()

    def _read(self) -> str:
        shown = ""
        while not shown.endswith(self._prompt):
            data = self._channel.recv(65536)
            assert data, f"the shell ended: {shown}"
            shown += data.decode()
        return shown.removesuffix(self._prompt).replace("\r\n", "\n")

    def type(self, command: str) -> str:
        """Return what a command prints."""
        self._channel.sendall(f"{command}\r".encode())
        return self._read().removeprefix(f"{command}\n")

    def close(self) -> None:
        """Hang up."""
        self._client.close()


Printed = Mapping[str, str]
"""Step -> what it printed: PM-… on xs-1, M-1.…, M-2 and M-3.… on xs-2."""


def type_the_tutorial() -> Printed:
    """Return what the whole tutorial prints on a lab of XenServer 6.2."""
    with Lab(tutorial(2, XENSERVER_6_2)) as lab:
        master, member = Typist(lab, "xs-1"), Typist(lab, "xs-2")
        found = {f"PM-{step}": master.type(command) for step, command in MASTER_STEPS.items()}
        member.type(". /etc/xensource-inventory")
        found |= {f"M-1.{step}": member.type(look) for step, look in MEMBER_LOOKS.items()}
        found["M-2"] = member.type(RESTART)
        found |= {f"M-3.{step}": member.type(look) for step, look in MEMBER_LOOKS.items()}
        master.close()
        member.close()
    return found


def lines(text: str) -> list[str]:
    """Return the lines with their blanks made one."""
    return [" ".join(line.split()) for line in text.splitlines()]
