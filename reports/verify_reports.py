"""What a recheck of the books asks of the reports: the points that they call outstanding are what came to customers,
less what went. A check of BOOKS_CHECKS."""

from collections.abc import Iterator

from django.db import connection

from loyalty.findings import Finding, FindingCode
from reports.queries.liability import CLOCKS, COMES, FLOWS, GOES, Flows
from shop.models import Store

# At one moment: movements by their kinds, as the report of what is owed counts them, and all of them without.
STATEMENT = f"""
SELECT net.points, flows.* FROM ({FLOWS.replace("{clock}", CLOCKS["effective"])}) AS flows, (
    SELECT coalesce(sum(amount) FILTER (WHERE {COMES}), 0)::bigint
        - coalesce(sum(amount) FILTER (WHERE {GOES}), 0)::bigint AS points
    FROM loyalty_transfer WHERE store_id = %(store)s AND asset = 'points'
) AS net
"""  # noqa: S608  names of our own only


def report_findings(store: Store, *, limit: int) -> Iterator[Finding]:
    """At most one. One query over the whole ledger."""
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, {"store": store.pk, "at": "infinity"})
        moved, *flows = cursor.fetchone()
    outstanding = Flows(*flows).outstanding
    if outstanding != moved and limit:
        yield Finding(FindingCode.REPORT_IS_NOT_ITS_TRANSFERS, f"store:{store.pk}", moved, outstanding)
