"""Everything a release can be asked: what the lab carries out, and stand-ins for the rest."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from xsbond.lab.api.signatures import Signature, all_signatures, signatures
from xsbond.lab.api.standins import stand_in
from xsbond.lab.calls import messages_of
from xsbond.lab.calls.releases import knows_message
from xsbond.lab.messages import Message
from xsbond.lab.profiles import Profile
from xsbond.lab.schema import schema_of
from xsbond.lab.schema.kinds import Class


@cache
def whole_api(profile: Profile) -> Mapping[str, Message]:
    """Return name -> message for a release, in the order of system.listMethods."""
    schema = schema_of(profile)
    carried_out = messages_of(schema)
    known = {
        each.name: _message(each, carried_out, profile)
        for each in signatures(profile)
        if each.name in carried_out or not _is_of_schema(each, schema)
    }
    decided = {each.name for each in all_signatures() if not _is_of_schema(each, schema)}
    known |= {n: each for n, each in carried_out.items() if n not in decided | known.keys()}
    return {name: each for name, each in known.items() if knows_message(profile, name)}


def _is_of_schema(signature: Signature, schema: Mapping[str, Class]) -> bool:
    """Tell whether a message follows from a field of a class the lab has: the schema decides."""
    return signature.of_field and signature.one in schema


def _message(signature: Signature, carried_out: Mapping[str, Message], profile: Profile) -> Message:
    """Return the lab's own message, if it has it; who may send it stands in the table."""
    own = carried_out.get(signature.name)
    return replace(own, role=signature.role) if own else stand_in(signature, profile)
