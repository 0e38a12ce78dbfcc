"""The worker's jobs that remove what is over."""

from collections.abc import Sequence
from functools import partial
from time import sleep  # noqa: TID251 - others write meanwhile, which is the point

from app.services.clean_up import CleanUp
from app.services.jobs import Job
from app.wiring.tenants_and_people import TenantsAndPeople


def clean_up_jobs(parts: TenantsAndPeople) -> Sequence[Job]:
    job = CleanUp(parts.clock, pause=sleep).job
    old_traces = partial(parts.traces.forget_some, days=parts.settings.trace_days)
    return (
        job("purge", every_s=600, remove=lambda turn: parts.database.purge(parts.clock.now(), turn.remove)),
        job("forget old traces", every_s=600, remove=lambda turn: turn.remove(old_traces)),
        job("forget old mail", every_s=3600, remove=lambda turn: turn.remove(parts.outbox.forget_some)),
        job("forget old notices", every_s=3600, remove=lambda turn: turn.remove(parts.notices.forget_some)),
        job("forget old counts", every_s=3600, remove=lambda turn: turn.remove(parts.login_activity.forget_some)),
        job("forget old imports", every_s=3600, remove=lambda turn: turn.remove(parts.account_imports.forget_some)),
    )
