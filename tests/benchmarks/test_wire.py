"""The least HTTP client, against servers that cut their answers anywhere."""

import asyncio

import pytest
from benchmarks.wire import Answer, AnswerReader, Connection, Unexpected, request_bytes
from hypothesis import given
from hypothesis import strategies as st


def answer_bytes(status: int, body: bytes) -> bytes:
    return b"HTTP/1.1 %d Word\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
        status,
        len(body),
        body,
    )


@given(st.lists(st.tuples(st.sampled_from([200, 404, 422]), st.binary(max_size=200)), max_size=5), st.data())
def test_answers_are_the_same_however_they_are_cut(answers, data):
    reader = AnswerReader()
    found = []
    for status, body in answers:
        sent = answer_bytes(status, body)
        while sent:
            piece = data.draw(st.integers(min_value=1, max_value=len(sent)))
            answer = reader.feed(sent[:piece])
            sent = sent[piece:]
            if answer is not None:
                found.append((answer.status, answer.body))
    assert found == answers


def test_an_answer_without_its_length_is_refused():
    with pytest.raises(Unexpected, match="without its length"):
        AnswerReader().feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")


def test_a_request_tells_its_length_and_kind():
    assert request_bytes("POST", "/a?b=1", b"{}") == (
        b"POST /a?b=1 HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    )
    assert b"Content-Type" not in request_bytes("GET", "/")


async def test_a_connection_asks_and_reads():
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            body = await reader.readexactly(int(head.rpartition(b"Length: ")[2].strip() or b"0"))
            if body == b'"leave"':
                break
            writer.write(answer_bytes(200 if body == b'"well"' else 422, body))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    connection = await Connection.open(server.sockets[0].getsockname()[1])
    assert await connection.ask("POST", "/", "well") == b'"well"'
    assert await connection.send(request_bytes("POST", "/", b'"ill"')) == Answer(422, b'"ill"')
    with pytest.raises(Unexpected, match='POST /x: 422 "ill"'):
        await connection.ask("POST", "/x", "ill")
    with pytest.raises(OSError, match="closed the connection"):
        await connection.ask("POST", "/", "leave")
    with pytest.raises(OSError, match="closed the connection"):
        await connection.ask("POST", "/", "well")
    connection.close()
    server.close()
    await server.wait_closed()
