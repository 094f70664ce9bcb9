"""A stand-in for a schema registry: a small HTTP server that follows the REST interface of Confluent's.

No registry is to be had where these tests run, so this is what the client is tested against: what it answers is taken
from the interface's documentation, not from a server. It registers, looks up and gives out Avro schemas, by id and by
GUID, with the registry's own error codes; and it can be slow, refuse credentials or refuse schemas as incompatible.
Subjects are compared by the text of their schemas.
"""

import base64
import json
import threading
import urllib.parse
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

Answer = tuple[int, dict[str, Any]]

SUBJECT_NOT_FOUND: Answer = (404, {"error_code": 40401, "message": "Subject not found."})
SCHEMA_NOT_FOUND: Answer = (404, {"error_code": 40403, "message": "Schema not found"})
INCOMPATIBLE: Answer = (409, {"error_code": 409, "message": "Schema being registered is incompatible"})


class RegistryServer:
    """A registry in this process; use it as a context."""

    def __init__(self, port: int = 0, user: str | None = None) -> None:
        self.schemas: dict[int, dict[str, Any]] = {}
        """By id: text, type and GUID."""
        self.subjects: dict[str, list[int]] = {}
        self.requests: list[str] = []
        """Method and path of each question, in order."""
        self.refuses_new = False
        """Whether every schema is incompatible."""
        self.answers = threading.Event()
        """Not set while the registry is slow: questions wait."""
        self.answers.set()
        self.user = user
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def add(self, schema: object, subject: str = "events", kind: str = "AVRO") -> int:
        """Register a schema, given as a value or as text; returns its id."""
        text = schema if isinstance(schema, str) else json.dumps(schema)
        return int(self._register(subject, {"schema": text, "schemaType": kind})[1]["id"])

    def guid(self, schema_id: int) -> bytes:
        """The GUID of a schema."""
        return uuid.UUID(self.schemas[schema_id]["guid"]).bytes

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.answers.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, method: str, path: str, body: dict[str, Any]) -> Answer:
        """What the registry says."""
        match method, [urllib.parse.unquote(part) for part in path.strip("/").split("/")]:
            case "GET", ["schemas", "ids", number]:
                held = self.schemas.get(int(number))
                return SCHEMA_NOT_FOUND if held is None else (200, held)
            case "GET", ["schemas", "guids", guid]:
                found = [held for held in self.schemas.values() if held["guid"] == guid]
                return (200, found[0]) if found else SCHEMA_NOT_FOUND
            case "POST", ["subjects", subject, "versions"]:
                return INCOMPATIBLE if self.refuses_new else self._register(subject, body)
            case "POST", ["subjects", subject]:
                return self._look_up(subject, body)
        return 404, {"error_code": 404, "message": "HTTP 404 Not Found"}

    def _register(self, subject: str, body: dict[str, Any]) -> Answer:
        known = [number for number, held in self.schemas.items() if held["schema"] == body["schema"]]
        number = known[0] if known else len(self.schemas) + 1
        if not known:
            held = {"schema": body["schema"], "guid": str(uuid.uuid4())}
            kind = body.get("schemaType", "AVRO")
            self.schemas[number] = held if kind == "AVRO" else {**held, "schemaType": kind}
        versions = self.subjects.setdefault(subject, [])
        if number not in versions:
            versions.append(number)
        return 200, {
            "id": number,
            "guid": self.schemas[number]["guid"],
            "version": versions.index(number) + 1,
        }

    def _look_up(self, subject: str, body: dict[str, Any]) -> Answer:
        if subject not in self.subjects:
            return SUBJECT_NOT_FOUND
        for version, number in enumerate(self.subjects[subject], 1):
            if self.schemas[number]["schema"] == body["schema"]:
                return 200, {"subject": subject, "id": number, "version": version, **self.schemas[number]}
        return SCHEMA_NOT_FOUND

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer("GET", {})

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                self._answer("POST", json.loads(self.rfile.read(length) or b"{}"))

            def _answer(self, method: str, body: dict[str, Any]) -> None:
                path = urllib.parse.urlsplit(self.path).path
                server.requests.append(f"{method} {path}")
                server.answers.wait(30)
                if server.user is not None and self.headers.get("Authorization") != _basic(server.user):
                    status, content = 401, {"error_code": 401, "message": "Unauthorized"}
                else:
                    status, content = server.answer(method, path, body)
                written = json.dumps(content).encode()
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/vnd.schemaregistry.v1+json")
                    self.send_header("Content-Length", str(len(written)))
                    self.end_headers()
                    self.wfile.write(written)
                except BrokenPipeError:  # who asked has given up
                    return

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the library's name
                """Nothing is logged."""

        return Handler


def _basic(user: str) -> str:
    return "Basic " + base64.b64encode(user.encode()).decode()
