"""Statements sent in one go, as one transaction of their own, and what was answered: libpq's pipeline without detours.

The driver's own pipeline keeps books for whatever may come. Here all is known beforehand, which costs a fifth of it.
"""

from collections import OrderedDict
from collections.abc import Generator, Sequence
from itertools import count
from typing import Any, Final

from psycopg import AsyncConnection, OperationalError, abc
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import InvalidSqlStatementName, error_from_result
from psycopg.pq import ConnStatus, ExecStatus, PipelineStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Wait

_MOST_PREPARED: Final = 100
_numbers = count()
_FAILED: Final = (ExecStatus.FATAL_ERROR, ExecStatus.BAD_RESPONSE)

Rows = list[tuple[Any, ...]]
# A statement and its values.
Sent = tuple[bytes, Sequence[Any]]
# The name under which a connection has prepared a statement, by its text; the one not asked for longest stands first.
Prepared = OrderedDict[bytes, bytes]


async def exchanged(driver: AsyncConnection[Any], prepared: Prepared, *sent: Sent) -> Rows:
    """The rows of the last of these statements (values as $1, $2, …, each cast where its type is not plain).

    They are one transaction: all of them, or none. `prepared` belongs to the connection, idle before and after. Raises
    the driver's errors; a connection that broke, or whose answer was not waited for to the end, is closed.
    """
    try:
        return await _exchanged(driver, prepared, sent)
    except InvalidSqlStatementName:
        # After a transaction that was undone the driver lets go of all that is prepared, and ours with it. Nothing was
        # carried out: what failed is all or none.
        prepared.clear()
        return await _exchanged(driver, prepared, sent)


async def _exchanged(driver: AsyncConnection[Any], prepared: Prepared, sent: Sequence[Sent]) -> Rows:
    transformer = Transformer(driver)
    known = frozenset(prepared)
    try:
        results = await driver.wait(_carried_out(driver.pgconn, transformer, prepared, sent))
        _check(results, driver.info.encoding)
    except BaseException:
        # What was to be prepared in the same go may not have been, whoever failed or stopped waiting.
        for text in prepared.keys() - known:
            del prepared[text]
        if driver.pgconn.status == ConnStatus.OK and driver.pgconn.pipeline_status != PipelineStatus.OFF:
            driver.pgconn.finish()
        raise
    answer = results[-1]
    if answer.status != ExecStatus.TUPLES_OK:
        return []
    transformer.set_pgresult(answer)
    return transformer.load_rows(0, answer.ntuples, tuple)


def _check(results: Sequence[PGresult], encoding: str) -> None:
    for result in results:
        if result.status in _FAILED:
            raise error_from_result(result, encoding=encoding)


def _carried_out(
    connection: PGconn, transformer: abc.Transformer, prepared: Prepared, sent: Sequence[Sent]
) -> Generator[Wait, int, list[PGresult]]:
    """Send everything and wait for the end of it, as the driver waits for its own."""
    values = [transformer.dump_sequence(each, [PyFormat.TEXT] * len(each)) for _, each in sent]
    connection.enter_pipeline_mode()
    for (text, _), each in zip(sent, values, strict=True):
        connection.send_query_prepared(_name(connection, prepared, text), each)
    connection.pipeline_sync()
    while connection.flush():
        if (yield Wait.RW) & Wait.R:
            connection.consume_input()
    results = []
    while True:
        while connection.is_busy():
            yield Wait.R
            connection.consume_input()
        result = connection.get_result()
        if result is None:
            # It ends the answer to one statement.
            if connection.status == ConnStatus.BAD:
                raise OperationalError("the connection is lost")
        elif result.status == ExecStatus.PIPELINE_SYNC:
            break
        else:
            results.append(result)
    connection.exit_pipeline_mode()
    return results


def _name(connection: PGconn, prepared: Prepared, text: bytes) -> bytes:
    """The name of the statement, prepared with the rest where it is new."""
    if text in prepared:
        prepared.move_to_end(text)
        return prepared[text]
    if len(prepared) >= _MOST_PREPARED:
        _, oldest = prepared.popitem(last=False)
        connection.send_query_params(b"DEALLOCATE " + oldest, None)
    # Never a name twice: what failed may have left its own behind.
    name = prepared[text] = b"at_once_%d" % next(_numbers)
    connection.send_prepare(name, text)
    return name
