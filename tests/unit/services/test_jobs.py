from app.services.jobs import Job, Jobs


class StillClock:
    def __init__(self) -> None:
        self.at = 1000.0

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at


def test_a_job_runs_at_once_and_then_as_often_as_it_needs() -> None:
    clock, runs = StillClock(), []
    jobs = Jobs(clock=clock, jobs=[Job("count", every_s=10, run=lambda: runs.append(clock.at))])
    assert jobs.run_due(lambda *_: None) == 10
    clock.at += 9
    assert jobs.run_due(lambda *_: None) == 1
    clock.at += 1
    jobs.run_due(lambda *_: None)
    assert runs == [1000.0, 1010.0]


def test_a_job_that_fails_is_reported_and_keeps_no_other_from_running() -> None:
    clock, runs, reports = StillClock(), [], []

    def fail() -> None:
        raise ValueError("broken")

    jobs = Jobs(clock=clock, jobs=[Job("bad", 10, fail), Job("good", 10, lambda: runs.append(1))])
    jobs.run_due(lambda name, error: reports.append((name, error is not None)))
    assert runs == [1]
    assert reports == [("bad", True), ("good", False)]


def test_without_jobs_there_is_nothing_to_hurry_for() -> None:
    assert Jobs(clock=StillClock(), jobs=()).run_due(lambda *_: None) > 0
