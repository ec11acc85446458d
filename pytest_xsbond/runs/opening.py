"""Opening a run: find the pool or start the lab, prove who answers, log in, look."""

import contextlib
from collections.abc import Callable
from dataclasses import replace

from pytest_xsbond.relevance import LABS
from pytest_xsbond.runs.baseline import read_baseline
from pytest_xsbond.runs.embedded import start_lab
from pytest_xsbond.runs.looking import Say, in_silence
from pytest_xsbond.runs.run import PoolRun
from pytest_xsbond.settings import Settings, ssh_settings
from xsbond.collect.address import Credentials, PoolAddress
from xsbond.collect.dom0 import Dom0
from xsbond.collect.login import connect
from xsbond.collect.observe import Connections
from xsbond.collect.ssh import SshSettings
from xsbond.collect.wire.tls import TlsTrust
from xsbond.errors import PoolError, TrustError

Waiting = Callable[[str | Callable[[], str]], contextlib.AbstractContextManager[None]]
"""Takes what is waited for, which may change meanwhile, and lasts as long as that."""


def untold(what: str | Callable[[], str]) -> contextlib.AbstractContextManager[None]:
    """Wait without telling anybody."""
    del what
    return contextlib.nullcontext()


def open_run(
    settings: Settings,
    credentials: Callable[[], Credentials],
    waiting: Waiting = untold,
    say: Say = in_silence,
) -> PoolRun:
    """Connect, starting the lab first if that is the pool, and take the first look.

    `waiting` is entered for everything that may take long, and `say` is told what is waited for
    before the pool can be changed. Raises XsbondError; nothing stays open then.
    """
    baseline = read_baseline(settings.baseline) if settings.baseline else None
    with contextlib.ExitStack() as opened:
        lab = None
        if settings.pool in LABS:
            with waiting(f"starting a lab of {settings.lab_hosts} hosts"):
                lab = opened.enter_context(start_lab(settings))
            settings = replace(settings, ssh_config=str(lab.ssh_config))
            address = PoolAddress.parse(lab.master_url)
            who = Credentials("root", lab.password)
        else:
            address = PoolAddress.parse(settings.pool)
            who = credentials()
        named = address.host
        ssh = ssh_settings(settings, who)
        address = address.reached(lambda host: str(ssh.config.lookup(host)["hostname"]))
        # Its entry in ssh_config is found by the name that was given, not by where that leads.
        called = {address.host: named}

        def trust_of(host: str) -> TlsTrust:
            if settings.trust:
                return settings.trust
            with waiting(f"waiting for SSH to {host}, which tells the certificate of its XAPI"):
                return _pinned(called.get(host, host), ssh)

        with waiting(f"waiting for XAPI at {address.host}"):
            api = connect(address, who, trust_of)
        connections = Connections(api, ssh, asks_dom0=settings.asks_dom0)
        opened.callback(connections.close)
        with waiting(lambda: _asked(connections)):
            run = PoolRun(settings, connections, lab, baseline, say)
        if address.host != named:
            run.found_by = f"{address.host} is the HostName of {named} in ssh_config"
        opened.pop_all()
        return run


_NAMED = 3
"""Hosts that are named; the others are counted."""


def _asked(connections: Connections) -> str:
    """Return who has not answered yet."""
    hosts = sorted(connections.asked)
    if not hosts:
        return f"waiting for XAPI at {connections.api.address.host}, which is asked about the pool"
    rest = f" and {len(hosts) - _NAMED} more" if len(hosts) > _NAMED else ""
    return f"waiting for the answers of dom0: {', '.join(hosts[:_NAMED])}{rest}"


def _pinned(host: str, ssh: SshSettings) -> TlsTrust:
    """Trust the certificate that the host's own dom0 holds, read over a verified connection."""
    dom0 = Dom0(ssh.name_for(host), ssh, alias=host)
    try:
        return TlsTrust(certificate=dom0.certificate())
    except TrustError:
        raise
    except PoolError as error:
        reason = (
            f"{error.reason}; its XAPI certificate is read over SSH, or pinned by"
            " --xsbond-tls-fingerprint or --xsbond-ca-file; where SSH is off, add --xsbond-dom0=off"
        )
        raise PoolError(error.address, error.action, reason) from error
    finally:
        dom0.close()
