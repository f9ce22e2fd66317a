"""Jobs that failed alike."""

from dataclasses import dataclass

from torc_client.overview.alike import sentences_of


@dataclass(frozen=True)
class Failed:
    job_id: int
    reason: str
    status: str = "failed"

    @property
    def sentence(self) -> str:
        return f"w: {self.job_id} (job {self.job_id}) {self.status}" + (f": {self.reason}" if self.reason else "")


def test_members_of_a_sweep_that_failed_alike_have_one_sentence():
    jobs = [Failed(each, f"no folder out/{each}") for each in (1, 2, 4, 3)] + [Failed(5, "exit code 1")]
    assert sentences_of(jobs) == [
        "w: 1 (job 1) failed, and likewise jobs 2, 3 and 4: no folder out/1",
        "w: 5 (job 5) failed: exit code 1",
    ]


def test_two_jobs_and_those_without_a_reason_keep_their_names():
    jobs = [Failed(1, "a"), Failed(2, "a"), Failed(3, ""), Failed(4, ""), Failed(5, "")]
    assert sentences_of(jobs) == [each.sentence for each in jobs]
