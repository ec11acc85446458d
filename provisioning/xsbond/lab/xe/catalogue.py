"""All commands: those of every class, and those that do one thing (cli_frontend.ml)."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from xsbond.lab.xe import generic
from xsbond.lab.xe.actions import ACTIONS
from xsbond.lab.xe.classes import CLASSES, XeClass
from xsbond.lab.xe.fields import Field
from xsbond.lab.xe.job import Command, Job

_LIST = "Lists the {}s that the arguments describe; MAP:KEY=VALUE asks for an entry of a map."
_GET = "Prints one parameter of an object; param-key=KEY prints one entry of a map."
_SET = "Sets parameters of an object; MAP:KEY=VALUE sets one entry of a map."
_ADD = "Adds param-key=MEMBER to a set, or KEY=VALUE pairs to a map."


def _names(found: XeClass, wanted: Callable[[Field], object], end: str = "") -> tuple[str, ...]:
    fields = (field for field in found.fields if not field.hidden)
    return tuple(f"{field.name}{end}" for field in fields if wanted(field))


def _run(of_class: Callable[[XeClass, Job], None], found: XeClass) -> Callable[[Job], None]:
    return partial(of_class, found)


def _of_class(found: XeClass) -> Iterator[tuple[str, Command]]:
    """Yield what the fields of a class allow (cli_operations.ml, gen_frontend)."""
    everything = _names(found, lambda _: True)
    sets = _names(found, lambda field: field.members, ":contains")
    settable = _names(found, lambda field: field.convert)
    maps = _names(found, lambda field: field.keys and (field.adds or field.set_property), ":")
    clearable = _names(found, lambda field: field.convert or field.members or field.keys)
    named = ("uuid", "param-name")
    yield (
        "list",
        Command(
            run=_run(generic.run_list, found),
            optional=("params", "database:", *everything, *sets),
            help=_LIST.format(found.name),
            standard=found.standard,
        ),
    )
    yield (
        "param-list",
        Command(
            run=_run(generic.run_param_list, found),
            required=("uuid",),
            optional=("database:",),
            help="Prints every parameter of an object.",
        ),
    )
    yield (
        "param-get",
        Command(
            run=_run(generic.run_param_get, found),
            required=named,
            optional=("param-key", "database:"),
            help=_GET,
        ),
    )
    if settable or maps:
        yield (
            "param-set",
            Command(
                run=_run(generic.run_param_set, found),
                required=("uuid",),
                optional=(*settable, *maps),
                help=_SET,
            ),
        )
    if _names(found, lambda field: field.adds):
        yield (
            "param-add",
            Command(
                run=_run(generic.run_param_add, found),
                required=named,
                optional=("param-key",),
                help=_ADD,
            ),
        )
        yield (
            "param-remove",
            Command(
                run=_run(generic.run_param_remove, found),
                required=(*named, "param-key"),
                help="Removes a member from a set, or an entry from a map.",
            ),
        )
    if clearable:
        yield (
            "param-clear",
            Command(
                run=_run(generic.run_param_clear, found),
                required=named,
                help=f"Empties one parameter: {', '.join(clearable)}.",
            ),
        )


COMMANDS: Mapping[str, Command] = {
    **ACTIONS,
    **{
        f"{found.name}-{operation}": command
        for found in CLASSES.values()
        for operation, command in _of_class(found)
    },
}
"""Name -> command."""
