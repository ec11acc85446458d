"""A dom0 is the host it is taken for: INSTALLATION_UUID against host.uuid, whenever it is asked."""

import re
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest

from tests.support.labs import connected, db, pool_arguments, provisioned_lab, quiet
from tests.support.spec_run import run_spec
from xsbond.bondfile import TUTORIAL
from xsbond.collect.dom0 import Dom0, Identity
from xsbond.collect.observe import Connections, observe
from xsbond.collect.remote.known_hosts import keys_of
from xsbond.collect.settle import settled
from xsbond.collect.ssh import SshSettings
from xsbond.errors import PoolError, TrustError
from xsbond.failover.drill import FailoverDrill
from xsbond.failover.leg_facts import Restored
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial
from xsbond.lab.ssh.keys import new_key

INVENTORY = "/etc/xensource-inventory"


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A lab of three hosts; nothing here changes its pool."""
    with Lab(tutorial(3)) as lab:
        yield lab


def config_that_leads(lab: Lab, tmp_path: Path, name: str, to: str, *, known: bool) -> Path:
    """Return an ssh_config in which one host's name leads to another host.

    `known` if known_hosts has the host's own key: it then does not even come to a connection.
    """
    text = Path(lab.ssh_config).read_text()
    entries = Path(lab.known_hosts).read_text().splitlines(keepends=True)
    own = entries[["xs-1", "xs-2", "xs-3"].index(name)]
    (tmp_path / "known").write_text("".join(each for each in entries if known or each != own))
    text = text.replace(str(lab.known_hosts), str(tmp_path / "known"))
    sections = re.split(r"(?m)^(?=Host )", text)
    there = next(each for each in sections if re.match(rf"Host {to}\b", each))
    address = re.search(r"HostName (\S+)", there)
    assert address
    changed = [
        re.sub(r"HostName \S+", f"HostName {address[1]}", each)
        if re.match(rf"Host {name}\b", each)
        else each
        for each in sections
    ]
    path = tmp_path / "ssh_config"
    path.write_text("".join(changed))
    return path


def uuid_of(lab: Lab, name: str) -> str:
    """Return host.uuid."""
    (ref,) = db(lab).where("host", name_label=name)
    return str(db(lab).get("host", ref)["uuid"])


def dom0_of(lab: Lab, name: str, expected: str) -> Dom0:
    """Return a host's dom0, to be taken for the host with another name."""
    settings = SshSettings(ssh_config=str(lab.ssh_config), password=lab.password)
    names = {uuid_of(lab, each): each for each in ("xs-1", "xs-2", "xs-3")}
    identity = Identity(label=expected, uuid=uuid_of(lab, expected), names=names)
    return Dom0(name, settings, identity=identity)


def test_look_at_another_host_is_an_error_that_names_both(lab: Lab) -> None:
    """Who answers is named, and who was meant."""
    with pytest.raises(TrustError, match=r"this is xs-2 \(INSTALLATION_UUID .*\), not xs-3 \("):
        dom0_of(lab, "xs-2", "xs-3").run_all({"clock": "date +%s"})


def test_nothing_is_changed_on_another_host(lab: Lab) -> None:
    """A command that may change something is not even started there."""
    dom0 = dom0_of(lab, "xs-2", "xs-3")
    with pytest.raises(TrustError, match=r"this is xs-2 "):
        dom0.run("touch /root/was-here")
    assert not lab.host("xs-2").dom0.files.exists("/root/was-here")


def test_the_right_host_is_changed(lab: Lab) -> None:
    """On the host that is meant the command runs."""
    assert dom0_of(lab, "xs-2", "xs-2").run("echo done").stdout == "done\n"


def test_host_that_becomes_another_under_a_kept_connection_is_noticed(lab: Lab) -> None:
    """The comparison is made with each question, not once for each connection."""
    dom0, files = dom0_of(lab, "xs-2", "xs-2"), lab.host("xs-2").dom0
    dom0.ask("true")
    before = files.read_file(INVENTORY)
    files.write_file(INVENTORY, before.replace(uuid_of(lab, "xs-2"), "0" * 36))
    try:
        with pytest.raises(TrustError, match="this is a host that is not in this pool"):
            dom0.run("echo done")
    finally:
        files.write_file(INVENTORY, before)


@pytest.mark.parametrize("text", ["", "PRODUCT_BRAND='XCP-ng'\n", "INSTALLATION_UUID=\n"])
def test_host_that_tells_nothing_is_an_error(lab: Lab, text: str) -> None:
    """Where the inventory tells no uuid, nothing shows which host it is, and nothing is run."""
    dom0, files = dom0_of(lab, "xs-2", "xs-2"), lab.host("xs-2").dom0
    before = files.read_file(INVENTORY)
    files.write_file(INVENTORY, text)
    try:
        with pytest.raises(PoolError, match="nothing shows that this is xs-2"):
            dom0.run("touch /root/was-here-too")
    finally:
        files.write_file(INVENTORY, before)
    assert not lab.host("xs-2").dom0.files.exists("/root/was-here-too")


WHO = {True: r"another one for \S+ \(xs-2\), and both are to be xs-3", False: r"this is xs-2 \("}
"""Whether xs-3's own key is known -> how the error names both."""


@pytest.mark.parametrize("known", WHO)
def test_verify_shows_an_error_of_that_host_alone(
    pytester: pytest.Pytester, lab: Lab, tmp_path: Path, *, known: bool
) -> None:
    """The rows of the host are errors that name both; the others are judged."""
    pool, _, password = pool_arguments(lab)
    config = config_that_leads(lab, tmp_path, "xs-3", "xs-2", known=known)
    run = run_spec(pytester, pool, f"--ssh-config={config}", password)
    errors = [result for result in run.results if result.verdict == "ERROR"]
    assert {result.host for result in errors} == {"xs-3"}
    assert all(re.search(WHO[known], each.message) for each in errors)
    assert {"xs-1", "xs-2"} <= {each.host for each in run.results if each.verdict == "pass"}


@pytest.mark.slow
@pytest.mark.parametrize("how", ["restart", "create", "restart-agent"])
def test_apply_refuses_every_change(
    pytester: pytest.Pytester, lab: Lab, tmp_path: Path, how: str
) -> None:
    """Nothing is changed in a pool with such a host, whichever way members inherit."""
    pool, _, password = pool_arguments(lab)
    config = config_that_leads(lab, tmp_path, "xs-3", "xs-2", known=False)
    options = (f"--ssh-config={config}", password, "--xsbond-apply", f"--xsbond-inherit={how}")
    result = pytester.runpytest_subprocess(pool, *options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*nothing was changed*", "*xs-3: dom0: *this is xs-2 (*"])
    assert db(lab).where("network", name_label="PUB") == []


def test_drill_refuses_every_leg(tmp_path: Path) -> None:
    """No leg of any host is taken down while another host answers for one of them."""
    with provisioned_lab(tutorial(2)) as lab:
        config = config_that_leads(lab, tmp_path, "xs-2", "xs-1", known=False)
        with connected(lab) as connections:
            ssh = SshSettings(ssh_config=str(config), password=lab.password)
            misled = Connections(connections.api, ssh)
            drills = FailoverDrill(connections=misled, patience=5.0)
            # A leg that waits for its updelay would be a reason of its own.
            settled(connections, observe(connections), TUTORIAL, 60.0, quiet)
            for look in (observe(misled), observe(connections)):
                facts = drills.take_leg(
                    look, look.host_ref("xs-1"), TUTORIAL[0], "eth5", unfit=(), say=quiet
                )
                assert "this is xs-1 (INSTALLATION_UUID" in facts.trouble
                assert facts.restored is Restored.UNTOUCHED


# --- known_hosts ---

KEYS = {name: new_key().public for name in ("two", "three")}


def keys(tmp_path: Path, *entries: str) -> dict[str, paramiko.PKey]:
    """Return what proves xs-3, which goes by three names, with these entries in known_hosts."""
    path = tmp_path / "known_hosts"
    path.write_text("".join(f"{entry}\n" for entry in entries))
    return keys_of("xs-3", ["", "xs-3", "172.16.0.12", "172.16.0.11"], 22, [str(path)])


@pytest.mark.parametrize("name", ["xs-3", "172.16.0.12", "172.16.0.11"])
def test_entry_of_any_name_proves_the_host(tmp_path: Path, name: str) -> None:
    """One entry is enough."""
    (key,) = keys(tmp_path, f"{name} {KEYS['three']}").values()
    assert key.get_base64() == KEYS["three"].split()[1]


@pytest.mark.parametrize("name", ["xs-3", "172.16.0.12"])
def test_entry_of_one_name_does_not_make_another_hosts_key_right(tmp_path: Path, name: str) -> None:
    """HostName leads to xs-2, whose key is known there; xs-3's own entry denies it."""
    with pytest.raises(TrustError, match=rf"one key for {name} and another one for 172\.16\.0\.11"):
        keys(tmp_path, f"172.16.0.11 {KEYS['two']}", f"{name} {KEYS['three']}")


def test_key_of_another_kind_does_not_count_beside_the_first_name(tmp_path: Path) -> None:
    """xs-3 is known by its RSA key; an Ed25519 key known for HostName proves nothing."""
    rsa = paramiko.RSAKey.generate(2048)
    found = keys(
        tmp_path, f"172.16.0.11 {KEYS['two']}", f"xs-3 {rsa.get_name()} {rsa.get_base64()}"
    )
    assert list(found) == ["ssh-rsa"]


def test_unknown_host_has_no_keys(tmp_path: Path) -> None:
    """Nothing proves a host that no file knows."""
    assert keys(tmp_path, f"elsewhere {KEYS['two']}") == {}
