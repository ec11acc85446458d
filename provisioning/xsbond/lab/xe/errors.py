"""How xe says what went wrong (xapi_cli.ml, exception_handler; datamodel_errors.ml)."""

from collections.abc import Mapping

from xsbond.lab.contracts import Failure
from xsbond.lab.xe.view import View

UNREACHABLE = "Error: Connection refused (calling connect )\n"
"""newcli.ml, Unix_error: nobody listens on xapi's socket."""


class XeError(Exception):
    """A command that fails; the text is what xe prints on standard error."""


def cli_failure(text: str) -> XeError:
    """Return a failure of the command itself."""
    return XeError(f"Error: {text}\n")


def parameter_error(kind: str, text: str) -> XeError:
    """Return a complaint about how xe was called."""
    return XeError(f"{kind}: {text}\nFor usage run: 'xe help'\n")


def coded(code: str, *parameters: str) -> XeError:
    """Return an error that xe has no words for."""
    return XeError(f"Error code: {code}\nError parameters: {', '.join(parameters)}\n")


_EXPLANATIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "BRIDGE_NAME_EXISTS": ("The specified bridge already exists.", ("bridge",)),
    "CANNOT_ADD_VLAN_TO_BOND_SLAVE": (
        "This PIF is a bond member and cannot have a VLAN on it.",
        ("PIF",),
    ),
    "CANNOT_CONTACT_HOST": (
        (
            "Cannot forward messages because the server cannot be contacted. The server may be"
            " switched off or there may be network connectivity problems."
        ),
        ("host",),
    ),
    "CANNOT_PLUG_BOND_SLAVE": ("This PIF is a bond member and cannot be plugged.", ("PIF",)),
    "HANDLE_INVALID": (
        (
            "You gave an invalid object reference. The object may have recently been deleted. The"
            " class parameter gives the type of reference given, and the handle parameter echoes"
            " the bad value given."
        ),
        ("class", "handle"),
    ),
    "HOST_OFFLINE": (
        "You attempted an operation which involves a host which could not be contacted.",
        ("host",),
    ),
    "INTERNAL_ERROR": (
        (
            "The server failed to handle your request, due to an internal error. The given message"
            " may give details useful for debugging the problem."
        ),
        ("message",),
    ),
    "INVALID_VALUE": ("The value given is invalid", ("field", "value")),
    "MAC_INVALID": ("The MAC address specified is not valid.", ("MAC",)),
    "MAP_DUPLICATE_KEY": (
        "You tried to add a key-value pair to a map, but that key is already there.",
        ("type", "param_name", "uuid", "key"),
    ),
    "MESSAGE_METHOD_UNKNOWN": (
        (
            "You tried to call a method that does not exist. The method name that you used is"
            " echoed."
        ),
        ("method",),
    ),
    "NETWORK_ALREADY_CONNECTED": (
        (
            "You tried to create a PIF, but the network you tried to attach it to is already"
            " attached to some other PIF, and so the creation failed."
        ),
        ("network", "connected PIF"),
    ),
    "NETWORK_CONTAINS_PIF": (
        "The network contains active PIFs and cannot be deleted.",
        ("pifs",),
    ),
    "NETWORK_UNMANAGED": ("The network is not managed by xapi.", ("network",)),
    "OPERATION_NOT_ALLOWED": ("You attempted an operation that was not allowed.", ("reason",)),
    "PIF_ALREADY_BONDED": (
        "This operation cannot be performed because the pif is bonded.",
        ("PIF",),
    ),
    "PIF_BOND_MORE_THAN_ONE_IP": (
        "Only one PIF on a bond is allowed to have an IP configuration.",
        (),
    ),
    "PIF_BOND_NEEDS_MORE_MEMBERS": (
        "A bond must consist of at least two member interfaces",
        (),
    ),
    "PIF_CANNOT_BOND_CROSS_HOST": ("You cannot bond interfaces across different servers.", ()),
    "PIF_CONFIGURATION_ERROR": (
        "An unknown error occurred while attempting to configure an interface.",
        ("PIF", "msg"),
    ),
    "PIF_IS_MANAGEMENT_INTERFACE": (
        (
            "The operation you requested cannot be performed because the specified PIF is the"
            " management interface."
        ),
        ("PIF",),
    ),
    "PIF_IS_PHYSICAL": (
        (
            "You tried to destroy a PIF, but it represents an aspect of the physical host"
            " configuration, and so cannot be destroyed. The parameter echoes the PIF handle you"
            " gave."
        ),
        ("PIF",),
    ),
    "PIF_IS_VLAN": (
        (
            "You tried to create a VLAN on top of another VLAN - use the underlying physical"
            " PIF/bond instead"
        ),
        ("PIF",),
    ),
    "PIF_VLAN_EXISTS": ("You tried to create a PIF, but it already exists.", ("PIF",)),
    "PIF_VLAN_STILL_EXISTS": (
        "Operation cannot proceed while a VLAN exists on this interface.",
        ("PIF",),
    ),
    "UUID_INVALID": ("The uuid you supplied was invalid.", ("type", "uuid")),
    "VLAN_TAG_INVALID": (
        (
            "You tried to create a VLAN, but the tag you gave was invalid -- it must be between 0"
            " and 4094. The parameter echoes the VLAN tag you gave."
        ),
        ("VLAN",),
    ),
}
"""Error code -> its sentence and what its arguments are."""


def explained(failure: Failure, view: View) -> str:
    """Return what xe prints for a failure of XAPI, references told by uuid and name."""
    values = [view.described(value) for value in failure.arguments]
    if failure.code not in _EXPLANATIONS:
        return str(coded(failure.code, *values))
    sentence, names = _EXPLANATIONS[failure.code]
    lines = [sentence]
    for position in range(max(len(names), len(values))):
        name = names[position] if position < len(names) else "<extra>"
        value = values[position] if position < len(values) else "<unknown>"
        lines.append(f"{name}: {value}")
    return "".join(f"{line}\n" for line in lines)
