"""Move the excerpt's dates by whole weeks, so that weekdays stay, and leave out what would still be to come: its last
week ends within the shop's present one."""

import csv
import gzip
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

EXCERPT = Path(__file__).with_name("online_retail_excerpt.csv.gz")
DATE_COLUMN = "InvoiceDate"
ZONE = ZoneInfo("Europe/London")


def weeks_until(at: datetime, *, excerpt: Path = EXCERPT) -> int:
    """The fewest whole weeks that take the excerpt's last row past `at`: then the seven days before it are full."""
    with gzip.open(excerpt, "rt", encoding="utf-8", newline="") as source:
        last = max(row[DATE_COLUMN] for row in csv.DictReader(source))
    return (at.astimezone(ZONE).replace(tzinfo=None) - datetime.fromisoformat(last)).days // 7 + 1


def write_shifted(target: Path, *, weeks: int, until: datetime, excerpt: Path = EXCERPT) -> None:
    """The excerpt with its dates so many weeks later, as plain CSV, up to the moment `until`. Times of day stay."""
    end = str(until.astimezone(ZONE).replace(tzinfo=None, microsecond=0))
    moved: dict[str, str] = {}
    with (
        gzip.open(excerpt, "rt", encoding="utf-8", newline="") as source,
        target.open("w", encoding="utf-8", newline="") as shifted,
    ):
        reader = csv.reader(source)
        writer = csv.writer(shifted)
        header = next(reader)
        writer.writerow(header)
        place = header.index(DATE_COLUMN)
        for row in reader:
            if (later := moved.get(row[place])) is None:
                later = str(datetime.fromisoformat(row[place]) + timedelta(weeks=weeks))
                moved[row[place]] = later
            if later <= end:
                row[place] = later
                writer.writerow(row)
