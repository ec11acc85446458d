"""A plain JSON-RPC client: http.client, ssl and json, and nothing of ours."""

import http.client
import itertools
import json
import ssl
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, Self


@dataclass(slots=True, kw_only=True)
class JsonClient:
    """Speaks one version of JSON-RPC to one address, over one connection."""

    address: str
    port: int
    version: Literal["1.0", "2.0"] = "2.0"
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _connection: http.client.HTTPSConnection = field(init=False)

    def __post_init__(self) -> None:
        context = ssl._create_unverified_context()  # noqa: S323 - other tests look at certificates
        self._connection = http.client.HTTPSConnection(
            self.address, self.port, timeout=30, context=context
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._connection.close()

    def reply(self, method: str, *params: Any) -> dict[str, Any]:
        """Return the whole answer to a call, which is to come with status 200."""
        request = {"method": method, "params": list(params), "id": next(self._ids)}
        request |= {"jsonrpc": "2.0"} if self.version == "2.0" else {}
        headers = {"Content-Type": "application/json"}
        self._connection.request("POST", "/jsonrpc", json.dumps(request), headers)
        response = self._connection.getresponse()
        text = response.read()
        assert response.status == 200, (response.status, text)
        answer: dict[str, Any] = json.loads(text)
        assert answer["id"] == request["id"]
        return answer

    def call(self, method: str, *params: Any) -> Any:
        """Return the result of a call that is to succeed."""
        reply = self.reply(method, *params)
        assert reply.get("error") is None, reply
        return reply["result"]

    def failure(self, method: str, *params: Any) -> list[str]:
        """Return code and arguments of a call that is to fail."""
        error = self.reply(method, *params)["error"]
        return error if self.version == "1.0" else [error["message"], *error["data"]]
