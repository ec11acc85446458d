"""xe as a program: its client reads its words and connects, its server carries them out."""

from collections.abc import Callable

from xsbond.lab.contracts import ToolstackDown
from xsbond.lab.shell.anyprocess import AnyProcess
from xsbond.lab.xe.errors import XeError
from xsbond.lab.xe.options import USAGE, Options, UsageError, read_options
from xsbond.lab.xe.service import Caller, Door, serve
from xsbond.lab.xe.terminal import LostConnection, Terminal

_FAILED = 1
_PROTOCOL = "0.2"
"""Of the thin client and its server (cli_protocol.ml)."""
_HTTPS = 443
_REFUSED = "Error: Connection refused (calling connect )\n"
"""newcli.ml, Unix_error: nobody listens."""
_UNREACHABLE = "Unable to contact server. Please check server and port settings.\n"
"""newcli.ml, Connect_failure: TLS leads nowhere."""
_POOL_CONF = "/etc/xensource/pool.conf"
_RC = "/root/.xe"


def run_xe(process: AnyProcess) -> int:
    """Run xe."""
    stderr = process.streams.stderr
    if "-version" in process.arguments:
        process.out(f"ThinCLI protocol: {_PROTOCOL}\n")
        return 0
    try:
        options = _options(process)
    except UsageError as fault:
        stderr.write(f"{fault}{USAGE}")
        return 0
    except XeError as error:
        stderr.write(str(error))
        return _FAILED
    if not options.words:
        stderr.write(USAGE)
        return 0
    return _run_client(process, options)


def _options(process: AnyProcess) -> Options:
    """Return the options, name and password as the password file has them, if there is one."""
    extra = process.environment.get("XE_EXTRA_ARGS", "")
    options = read_options(process.arguments, extra, _content(process, _RC) or "")
    name = options.password_file
    if not name:
        return options
    lines = (_content(process, process.path(name)) or "").split("\n")
    if len(lines) < 2:  # noqa: PLR2004 - a name and a password
        raise XeError(f"Error opening password file '{name}'\n")
    return options.as_user(lines[0], lines[1])


def _content(process: AnyProcess, path: str) -> str | None:
    try:
        return process.dom0.files.read(path)
    except OSError:
        return None


def _run_client(process: AnyProcess, options: Options) -> int:
    """Connect, and show debugging output as it comes or after a failure."""
    kept: list[str] = []
    takers: list[Callable[[str], object]] = []
    if options.debug:
        takers.append(process.streams.stderr.write)
    if options.debug_on_fail:
        takers.append(kept.append)

    def debug(text: str) -> None:
        for take in takers:
            take(text)

    status = _connect(process, options, debug)
    if status and options.debug_on_fail:
        process.streams.stderr.write(f"\nDebug info:\n\n{''.join(kept)}")
    return status


def _connect(process: AnyProcess, options: Options, debug: Callable[[str], None]) -> int:
    stderr = process.streams.stderr
    if not options.is_local and not options.nossl:
        port = options.port or _HTTPS
        debug(f"Connecting via stunnel to [{options.server}] port [{port}]\n")
    call = _server(process, options)
    if call is None:
        stderr.write(_REFUSED if options.is_local or options.nossl else _UNREACHABLE)
        return _FAILED
    debug(f"Server has protocol version {_PROTOCOL}. Client has {_PROTOCOL}\n")
    try:
        return serve(options.words, _door(process, options, call), Terminal(process.streams, debug))
    except (ToolstackDown, LostConnection):
        stderr.write("Lost connection to the server.\n")
        return _FAILED


def _server(process: AnyProcess, options: Options) -> Caller | None:
    """Return what calls the xapi asked for; None if nobody listens."""
    if not options.is_local:
        # Nothing but HTTPS listens on the network between a lab's hosts.
        served = not options.nossl and options.port in {None, _HTTPS}
        return process.machine.neighbour(options.server) if served else None
    toolstack = process.machine.toolstack
    return toolstack.call if toolstack.running() else None


def _door(process: AnyProcess, options: Options, call: Caller) -> Door:
    """Return how xapi is entered: through the Unix socket everybody is root."""
    return Door(
        call=call,
        credentials=None if options.is_local else (options.username, options.password),
        is_master=(_content(process, _POOL_CONF) or "master").startswith("master"),
        go_on=process.control.step,
    )
