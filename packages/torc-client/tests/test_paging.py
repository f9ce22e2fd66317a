from torc_client import iterate


def pages(make, total: int, most: int):
    def answer(call):
        offset, limit = call.query["offset"], min(call.query.get("limit", most), most)
        ids = range(offset, min(offset + limit, total))
        return make.jobs([make.job(number) for number in ids], offset, total)

    return answer


async def test_every_item_comes_once_in_order(fake_server, client, make):
    fake_server.answer("list_jobs", pages(make, total=7, most=3))
    ids = [job.id async for job in iterate(client.jobs.list_jobs, workflow_id=7)]
    assert ids == list(range(7))
    assert [call.query["offset"] for call in fake_server.calls] == [0, 3, 6]


async def test_a_limit_and_an_offset_span_pages(fake_server, client, make):
    fake_server.answer("list_jobs", pages(make, total=7, most=3))
    ids = [job.id async for job in iterate(client.jobs.list_jobs, workflow_id=7, offset=1, limit=4)]
    assert ids == [1, 2, 3, 4]
    assert [call.query["limit"] for call in fake_server.calls] == [4, 1]


async def test_a_limit_of_zero_asks_nothing(fake_server, client):
    assert [job async for job in iterate(client.jobs.list_jobs, workflow_id=7, limit=0)] == []
    assert fake_server.calls == []


async def test_an_empty_page_that_promises_more_ends_it(fake_server, client, make):
    fake_server.answer("list_jobs", make.jobs([], 0, total=5))
    assert [job async for job in iterate(client.jobs.list_jobs, workflow_id=7)] == []
