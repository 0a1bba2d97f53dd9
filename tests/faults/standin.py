"""A RunPod over HTTP that does what a history says: takes, refuses, or takes and says nothing."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any


@dataclass
class Sent:
    """One call of /run: the job's input, and whether our side learnt the run's id."""

    run_id: str
    input: dict[str, Any]
    manner: str


@dataclass
class Standin:
    """`manners` of the next calls (takes at the end); what /status answers by the run's id."""

    url: str = ""
    manners: list[str] = field(default_factory=list)
    answers: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    canceled: set[str] = field(default_factory=set)
    _sent: list[Sent] = field(default_factory=list)
    _numbers: Any = field(default_factory=count)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, job_input: dict[str, Any]) -> Sent:
        with self._lock:
            manner = self.manners.pop(0) if self.manners else "take"
            sent = Sent(f"run-{next(self._numbers)}", job_input, manner)
            self._sent.append(sent)
        return sent

    def collect(self) -> list[Sent]:
        """The calls of /run since the last look."""
        with self._lock:
            sent, self._sent = self._sent, []
        return sent

    def forget(self) -> None:
        self.collect()
        self.manners.clear()
        self.answers.clear()
        self.canceled.clear()


class Handler(BaseHTTPRequestHandler):
    standin: Standin

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length) or b"{}")
        *_, verb, name = ["", *self.path.split("/")]
        if verb == "cancel":
            self.standin.canceled.add(name)
            self._answer(200, {"id": name, "status": "CANCELLED"})
            return
        sent = self.standin.run(body["input"])
        if sent.manner == "refuse":
            self._answer(503, {"error": "no capacity"})
        elif sent.manner == "take":
            self._answer(200, {"id": sent.run_id, "status": "IN_QUEUE"})
        # Else the connection ends without an answer.

    def do_GET(self) -> None:
        run_id = self.path.rsplit("/", 1)[-1]
        # What nobody has said anything about is being worked on; None: RunPod does not answer.
        answer = self.standin.answers.get(run_id, {"status": "IN_PROGRESS"})
        if answer is None:
            self._answer(503, {"error": "away"})
        elif answer["status"] == "LOST":
            self._answer(404, {"error": "request does not exist"})
        else:
            self._answer(200, {"id": run_id, **answer})

    def log_message(self, *_: Any) -> None:
        pass

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def serve() -> tuple[Standin, ThreadingHTTPServer]:
    """A stand-in on any free port, and its server to shut down."""
    standin = Standin()
    handler = type("Bound", (Handler,), {"standin": standin})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    standin.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return standin, server
