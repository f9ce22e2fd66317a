"""How often is looked, and what is passed on."""

import asyncio

from torc_runner.machine.job import JobId
from torc_runner.sampling.sampler import Sampler


async def looks_of(sampler, *interval_seconds, count):
    """The first looks that each of several listeners gets."""
    got = [[] for _ in interval_seconds]
    enough = asyncio.Event()

    def listener(number):
        def heed(look):
            got[number].append(look)
            if all(len(each) >= count for each in got):
                enough.set()

        return heed

    for number, seconds in enumerate(interval_seconds):
        sampler.listen(seconds, listener(number))
    task = asyncio.create_task(sampler.run())
    await enough.wait()
    task.cancel()
    return got


async def test_each_listener_is_served_as_often_as_it_wishes(fake_proc):
    fake_proc.process(100, session=100, rss_pages=1)
    sampler = Sampler(lambda: {JobId(1): 100}, "marker", fake_proc.root)
    often, seldom = await looks_of(sampler, 0.01, 0.1, count=2)
    assert len(often) > len(seldom)
    assert all(look.usages[JobId(1)].num_processes == 1 for look in often)


async def test_listeners_hear_also_that_nothing_runs(fake_proc):
    (looks,) = await looks_of(Sampler(dict, "marker", fake_proc.root), 0.01, count=1)
    assert looks[0].usages == {}


async def test_what_ended_during_the_look_is_left_out(fake_proc):
    fake_proc.process(100, session=100)
    fake_proc.process(200, session=200)
    answers = iter([{JobId(1): 100, JobId(2): 200}, {JobId(1): 100, JobId(2): 201}])
    (looks,) = await looks_of(Sampler(lambda: next(answers), "marker", fake_proc.root), 0.01, count=1)
    assert list(looks[0].usages) == [1]


async def test_nobody_looks_where_nobody_listens(fake_proc):
    await Sampler(dict, "marker", fake_proc.root).run()
