"""How often samples are taken, and what subscribers get."""

import asyncio

from torc_runner.machine.job import JobId
from torc_runner.sampling.sampler import Sampler


async def samples_of(sampler, *interval_seconds, count):
    """Return the first samples of several subscribers."""
    got = [[] for _ in interval_seconds]
    enough = asyncio.Event()

    def subscriber(number):
        def observe(sample):
            got[number].append(sample)
            if all(len(each) >= count for each in got):
                enough.set()

        return observe

    for number, seconds in enumerate(interval_seconds):
        sampler.subscribe(seconds, subscriber(number))
    task = asyncio.create_task(sampler.run())
    await enough.wait()
    task.cancel()
    return got


async def test_each_subscriber_gets_samples_at_its_interval(fake_proc):
    fake_proc.process(100, session=100, rss_pages=1)
    sampler = Sampler(lambda: {JobId(1): 100}, "marker", fake_proc.root)
    often, seldom = await samples_of(sampler, 0.01, 0.1, count=2)
    assert len(often) > len(seldom)
    assert all(sample.usages[JobId(1)].num_processes == 1 for sample in often)


async def test_a_watcher_gets_each_sample_of_others(fake_proc):
    fake_proc.process(100, session=100, rss_pages=1)
    sampler, watched = Sampler(lambda: {JobId(1): 100}, "marker", fake_proc.root), []
    sampler.watch(watched.append)
    often, seldom = await samples_of(sampler, 0.01, 0.1, count=2)
    assert {id(each) for each in watched} == {id(each) for each in (*often, *seldom)}


async def test_subscribers_get_empty_samples_if_no_job_runs(fake_proc):
    (samples,) = await samples_of(Sampler(dict, "marker", fake_proc.root), 0.01, count=1)
    assert samples[0].usages == {}


async def test_a_job_that_ended_during_the_sample_is_left_out(fake_proc):
    fake_proc.process(100, session=100)
    fake_proc.process(200, session=200)
    answers = iter([{JobId(1): 100, JobId(2): 200}, {JobId(1): 100, JobId(2): 201}])
    (samples,) = await samples_of(Sampler(lambda: next(answers), "marker", fake_proc.root), 0.01, count=1)
    assert list(samples[0].usages) == [1]


async def test_the_sampler_returns_if_it_has_no_subscriber(fake_proc):
    await Sampler(dict, "marker", fake_proc.root).run()
