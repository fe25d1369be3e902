"""Answers take turns on one worker."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from pipelines.core.errors import Unavailable
from pipelines.serving.turns import Turns


@pytest.fixture
def turns() -> Iterator[Turns]:
    turns = Turns(2)
    turns.start()
    yield turns
    turns.stop()


def endless(computed: threading.Event) -> Iterator[int]:
    number = 0
    try:
        while True:
            yield number
            number += 1
    finally:
        computed.set()


async def all_of(turns: Turns, steps: Iterator[int]) -> list[int]:
    return [item async for item in turns.run(steps)]


def test_a_short_answer_passes_an_endless_one(turns: Turns) -> None:
    async def both() -> list[int]:
        long = turns.run(endless(threading.Event()))
        await anext(long)
        short = await all_of(turns, iter(range(20)))
        await long.aclose()  # type: ignore[attr-defined]
        return short

    assert asyncio.run(asyncio.wait_for(both(), 10)) == list(range(20))


def test_a_reader_that_leaves_ends_the_computation(turns: Turns) -> None:
    ended = threading.Event()

    async def leave() -> None:
        async for _ in (answer := turns.run(endless(ended))):
            break
        await answer.aclose()  # type: ignore[attr-defined]

    asyncio.run(leave())
    assert ended.wait(10)


def test_an_error_reaches_its_own_reader_and_nobody_else(turns: Turns) -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    async def one_of_two() -> list[int]:
        good = asyncio.create_task(all_of(turns, iter(range(9))))
        with pytest.raises(ValueError, match="broken"):
            await all_of(turns, broken())
        return await good

    assert asyncio.run(asyncio.wait_for(one_of_two(), 10)) == list(range(9))


def test_places_are_counted_and_given_back(turns: Turns) -> None:
    async def fill() -> list[bool]:
        answers = [turns.run(endless(threading.Event())) for _ in range(2)]
        seen = [turns.full]
        for answer in answers:
            await anext(answer)
        seen.append(turns.full)
        for answer in answers:
            await answer.aclose()  # type: ignore[attr-defined]
        return [*seen, turns.full]

    assert asyncio.run(asyncio.wait_for(fill(), 10)) == [False, True, False]


def test_stopping_tells_readers_instead_of_leaving_them_waiting() -> None:
    async def stop_in_the_middle() -> None:
        turns = Turns(2)
        turns.start()
        answer = turns.run(endless(threading.Event()))
        await anext(answer)
        await asyncio.to_thread(turns.stop)
        with pytest.raises(Unavailable, match="stopping"):
            while True:
                await anext(answer)
        with pytest.raises(Unavailable, match="stopping"):
            await all_of(turns, iter(()))

    asyncio.run(asyncio.wait_for(stop_in_the_middle(), 10))
