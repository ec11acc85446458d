"""Which programs a dom0 has, and where."""

from collections.abc import Mapping

from xsbond.lab.shell.commands import (
    awk,
    brctl,
    files,
    grep,
    jobs,
    network,
    ofctl,
    openvswitch,
    printing,
    sed,
    services,
    system,
    text,
)
from xsbond.lab.shell.machine import Program
from xsbond.lab.xe.command import run_xe

_BY_DIRECTORY: Mapping[str, Mapping[str, Program]] = {
    "/bin": {
        "[": system.run_bracket,
        "awk": awk.run_awk,
        "bash": jobs.run_shell_program,
        "cat": text.run_cat,
        "cut": text.run_cut,
        "date": system.run_date,
        "echo": printing.run_echo,
        "egrep": grep.run_grep,
        "env": system.run_env,
        "fgrep": grep.run_grep,
        "grep": grep.run_grep,
        "hostname": system.run_hostname,
        "kill": jobs.run_kill,
        "ls": files.run_ls,
        "mkdir": files.run_mkdir,
        "printf": printing.run_printf,
        "rm": files.run_rm,
        "rmdir": files.run_rmdir,
        "sed": sed.run_sed,
        "sh": jobs.run_shell_program,
        "sleep": system.run_sleep,
        "sort": text.run_sort,
        "touch": files.run_touch,
        "uname": system.run_uname,
    },
    "/usr/bin": {
        "awk": awk.run_awk,
        "head": text.run_head,
        "id": system.run_id,
        "nohup": jobs.run_detached,
        "ovs-appctl": openvswitch.run_appctl,
        "ovs-ofctl": ofctl.run_ofctl,
        "ovs-vsctl": openvswitch.run_vsctl,
        "setsid": jobs.run_detached,
        "systemctl": services.run_systemctl,
        "tail": text.run_tail,
        "timeout": jobs.run_timeout,
        "wc": text.run_wc,
        "which": system.run_which,
        "whoami": system.run_whoami,
        "xe": run_xe,
    },
    "/sbin": {
        "ifconfig": network.run_ifconfig,
        "ip": network.run_ip,
        "service": services.run_service,
    },
    "/usr/sbin": {"brctl": brctl.run_brctl, "ip": network.run_ip, "service": services.run_service},
    "/etc/init.d": {"xapi": services.run_init_script},
    "/opt/xensource/bin": {
        "xapi-wait-init-complete": services.run_wait_init_complete,
        "xe": run_xe,
        "xe-toolstack-restart": services.run_toolstack_restart,
    },
}
_SYSTEMD_ONLY = frozenset({"/usr/bin/systemctl"})


def programs_of(generation: int) -> dict[str, Program]:
    """Return path -> program for a generation of net-tools; systemd came with the second."""
    found = {
        f"{directory}/{name}": program
        for directory, programs in _BY_DIRECTORY.items()
        for name, program in programs.items()
    }
    return {
        path: program
        for path, program in found.items()
        if generation > 1 or path not in _SYSTEMD_ONLY
    }
