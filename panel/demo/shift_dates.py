"""Move the excerpt's dates by whole weeks: weekdays stay, and the last order is of the last seven days."""

import csv
import gzip
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

EXCERPT = Path(__file__).with_name("online_retail_excerpt.csv.gz")
DATE_COLUMN = "InvoiceDate"
ZONE = ZoneInfo("Europe/London")


def weeks_until(at: datetime, *, excerpt: Path = EXCERPT) -> int:
    """How many whole weeks lie between the excerpt's last row and `at`."""
    with gzip.open(excerpt, "rt", encoding="utf-8", newline="") as source:
        last = max(row[DATE_COLUMN] for row in csv.DictReader(source))
    return (at.astimezone(ZONE).replace(tzinfo=None) - datetime.fromisoformat(last)).days // 7


def write_shifted(target: Path, *, weeks: int, excerpt: Path = EXCERPT) -> None:
    """The excerpt with its dates so many weeks later, as plain CSV. Times of day stay."""
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
            row[place] = later
            writer.writerow(row)
