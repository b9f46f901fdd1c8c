"""The moment for periodic work: the database's clock, one for all hosts.

A worker whose own clock runs hours ahead would otherwise end points before their day is over.
"""

from datetime import datetime

from django.db import connection


def read_clock() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment
