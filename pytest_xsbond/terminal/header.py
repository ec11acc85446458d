"""Naming a run: the header of the terminal, the environment table of the HTML report."""

from collections.abc import Mapping
from html import escape

import pytest

from pytest_xsbond.clean import clean_line
from pytest_xsbond.runs.replay import ReplayRun
from pytest_xsbond.runs.run import PoolRun, Run
from pytest_xsbond.verdict.names import listed
from xsbond.model import DesiredBond
from xsbond.plan.plan import by_name
from xsbond.snapshot.lookup import is_off
from xsbond.snapshot.snapshot import Snapshot

_SHOWN_HOSTS = 8
"""Hosts named in the header; the others are counted."""


def pool_name(run: Run) -> str:
    """Return what the user called the pool."""
    return run.settings.pool or f"replay of {run.settings.replay}"


def facts(run: Run) -> dict[str, str]:
    """Return what a reader must know about the pool and the run; nothing secret."""
    now = run.expected().now
    return {
        "pool": f"{pool_name(run)} (asked at {now.raw.address}, {now.raw.taken_at})",
        "hosts": _hosts(now),
        "versions": ", ".join(_versions(now)),
        "mode": _mode(run),
        "bonds": "; ".join(
            f"{bond.network}: {_legs(bond)} {bond.mode}{_extras(bond)}"
            for bond in run.expected().desired
        ),
        **_first_run(run),
        **_dom0(now),
        **_seal(run),
        **_known(run),
        **_found_by(run),
        **_trust(run),
        **_lab(run),
    }


def _legs(bond: DesiredBond) -> str:
    """Return the NICs, with those of hosts that have others."""
    own = [f"{host}: {'+'.join(nics)}" for host, nics in bond.nics_on.items()]
    return " ".join(
        [*(["+".join(bond.nics)] if bond.nics else []), *([f"({', '.join(own)})"] if own else [])]
    )


def _extras(bond: DesiredBond) -> str:
    """Return where the management interface is to be, and the VLANs that are wanted on the bond."""
    extras = ["management"] if bond.management else []
    extras += [
        f"VLAN {vlan.tag} {vlan.network}{' (management)' if vlan.management else ''}"
        for vlan in bond.vlans
    ]
    return "".join(f", {each}" for each in extras)


def lines(run: Run) -> list[str]:
    """Return the header's lines."""
    return [clean_line(f"xsbond {name}: {text}") for name, text in facts(run).items()]


class HeaderHooks:
    """The hook that shows the facts above the run."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def pytest_report_header(self) -> list[str]:
        """Name pool, hosts, versions and mode."""
        return lines(self.run)


def describe(config: pytest.Config, run: Run) -> None:
    """Put the facts into the environment table of pytest-html, if it is there."""
    if config.pluginmanager.hasplugin("metadata"):
        from pytest_metadata.plugin import metadata_key  # noqa: PLC0415 - comes with pytest-html

        config.stash[metadata_key].update(
            # pytest-html takes these texts for HTML.
            {
                f"xsbond {name}": escape(clean_line(text), quote=False)
                for name, text in facts(run).items()
            }
        )


def _hosts(now: Snapshot) -> str:
    labels = now.labels
    names = [labels[ref] for ref in by_name(now)]
    named = [f"{names[0]} (master)", *names[1:_SHOWN_HOSTS]]
    rest = len(names) - len(named)
    return f"{len(names)}: {', '.join(named)}" + (f" and {rest} more" if rest else "")


def _versions(now: Snapshot) -> list[str]:
    return sorted({version_of(host.software_version) for host in now.hosts.values()})


def version_of(software: Mapping[str, str]) -> str:
    """Return product and xapi of a host, from its software_version."""
    # Before xapi 22, only the two numbers under `xapi` tell which one it is.
    xapi = software.get("xapi_build", software.get("xapi", "?"))
    return f"{{product_brand}} {{product_version}}, xapi {xapi}".format_map(_Unknown(software))


class _Unknown(dict[str, str]):
    """A mapping that answers `?` for what older releases do not tell."""

    def __missing__(self, key: str) -> str:
        return "?"


def _mode(run: Run) -> str:
    if isinstance(run, ReplayRun):
        return "replay (offline)"
    drill = ", then every leg is taken down in turn" if run.settings.failover else ""
    if run.settings.mode == "verify":
        return f"verify{drill}" if drill else "verify (read-only)"
    steps = len(run.plan.steps)
    if not steps:
        return f"apply (nothing to change: every host has every wanted bond){drill}"
    return (
        f"apply ({steps} step{'s' if steps > 1 else ''}, members inherit by"
        f" {run.settings.inherit}){drill}"
    )


def _known(run: Run) -> dict[str, str]:
    """Return what the pool is held against, and what is known of it."""
    stages, file, known = run.expected(), run.settings.baseline, {}
    if stages.baseline:
        name = str(file) if file else "stored with the run"
        known["baseline"] = f"{name} (taken at {stages.baseline.raw.taken_at})"
    if stages.waivers:
        known["waivers"] = "; ".join(f"{each.about}: {each.says}" for each in stages.waivers)
    return known


def _first_run(run: Run) -> dict[str, str]:
    says = run.first_run.says if isinstance(run, PoolRun) else ""
    return {"bond file": says} if says else {}


def _dom0(now: Snapshot) -> dict[str, str]:
    """Return whose dom0 was not to be asked, so that nobody takes half for the whole."""
    off = [now.labels[ref] for ref in by_name(now) if is_off(now, ref)]
    if not off:
        return {}
    reasons = {now.raw.dom0[host.uuid].unreachable for host in now.hosts.values()} - {""}
    why = reasons.pop() if len(reasons) == 1 else "SSH is off, or was not to be used"
    where = "" if len(off) == len(now.hosts) else f" about {listed(off)}"
    return {"dom0": f"HALF OF THE EVIDENCE{where} IS MISSING: {why}; XAPI alone tells"}


def _seal(run: Run) -> dict[str, str]:
    return {"seal": run.seal} if isinstance(run, ReplayRun) and run.seal else {}


def _found_by(run: Run) -> dict[str, str]:
    return {"address": run.found_by} if isinstance(run, PoolRun) and run.found_by else {}


def _trust(run: Run) -> dict[str, str]:
    trust = run.settings.trust
    if trust and trust.insecure:
        return {"TLS": "NOT VERIFIED (--xsbond-insecure): anybody may have answered"}
    return {}


def _lab(run: Run) -> dict[str, str]:
    if isinstance(run, PoolRun) and run.lab and (text := run.lab.describe()):
        return {"lab": text}
    return {}
