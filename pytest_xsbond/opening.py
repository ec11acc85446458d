"""Opening a run: find the pool or start the lab, prove who answers, log in, look."""

import contextlib
from collections.abc import Callable
from dataclasses import replace

from pytest_xsbond.embedded import start_lab
from pytest_xsbond.run import PoolRun
from pytest_xsbond.settings import LABS, Settings, ssh_settings
from xsbond.address import Credentials, PoolAddress
from xsbond.dom0 import Dom0
from xsbond.errors import PoolError, TrustError
from xsbond.observe import Connections
from xsbond.ssh import SshSettings
from xsbond.tls import TlsTrust
from xsbond.xapi import connect


def open_run(settings: Settings, credentials: Callable[[], Credentials]) -> PoolRun:
    """Connect, starting the lab first if that is the pool, and take the first look.

    Raises XsbondError; nothing stays open then.
    """
    with contextlib.ExitStack() as opened:
        lab = None
        if settings.pool in LABS:
            lab = opened.enter_context(start_lab(settings))
            settings = replace(settings, ssh_config=str(lab.ssh_config))
            address = PoolAddress.parse(lab.master_url)
            who = Credentials("root", lab.password)
        else:
            address = PoolAddress.parse(settings.pool)
            who = credentials()
        # Another user's password is none of root's business in dom0.
        ssh = ssh_settings(settings, who.password if who.username == "root" else "")
        api = connect(address, who, lambda host: settings.trust or _pinned(host, ssh))
        connections = Connections(api, ssh)
        opened.callback(connections.close)
        run = PoolRun(settings, connections, lab)
        opened.pop_all()
        return run


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
            " --xsbond-tls-fingerprint or --xsbond-ca-file"
        )
        raise PoolError(error.address, error.action, reason) from error
    finally:
        dom0.close()
