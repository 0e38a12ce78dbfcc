"""A tiny authoritative name server on 127.0.0.1: what the bridge asks is asked over real UDP."""

import socket
from collections.abc import Sequence
from threading import Thread
from typing import Self

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset


class NameServer:
    """Answers for every name by what the test has set, NXDOMAIN else. `asked` are the names, in order."""

    def __init__(self) -> None:
        self._texts: dict[str, Sequence[str]] = {}
        self._aliases: dict[str, str] = {}
        self.failing = False
        self.silent = False
        self.asked: list[str] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = Thread(target=self._serve, name="name-server", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bell:
            bell.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join(5)
        self._socket.close()

    def text(self, name: str, *records: str) -> None:
        """TXT records, each as it stands in a zone file: `"one" "two"` are two strings of one record. None: NODATA."""
        self._texts[name] = records

    def alias(self, name: str, target: str) -> None:
        self._aliases[name] = target

    def forget(self, name: str) -> None:
        self._texts.pop(name, None)
        self._aliases.pop(name, None)

    def _serve(self) -> None:
        while True:
            packet, sender = self._socket.recvfrom(4096)
            if not packet:
                return
            try:
                query = dns.message.from_wire(packet)
            except dns.exception.DNSException:
                continue
            self.asked.append(query.question[0].name.to_text(omit_final_dot=True))
            if not self.silent:
                self._socket.sendto(self._answer(query).to_wire(), sender)

    def _answer(self, query: dns.message.Message) -> dns.message.Message:
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.AA | dns.flags.RA
        if self.failing:
            answer.set_rcode(dns.rcode.SERVFAIL)
            return answer
        name = query.question[0].name.to_text(omit_final_dot=True)
        if name in self._aliases:
            target = self._aliases[name]
            answer.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "CNAME", f"{target}."))
            name = target
        if self._texts.get(name):
            answer.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "TXT", *self._texts[name]))
        elif name not in self._texts:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer
