"""The provider of the benchmark, in a process of its own: prints its issuer, serves until standard input closes."""

import sys
import time

from tests.fake_idp import FakeProvider


def main() -> None:
    delay_s = float(sys.argv[1]) if len(sys.argv) > 1 else 0.0
    with FakeProvider() as idp:
        idp.person("agent", email="agent@acme.example", email_verified=True)
        if delay_s:
            idp.answer_by("token", lambda _request: time.sleep(delay_s))
        print(idp.issuer, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
