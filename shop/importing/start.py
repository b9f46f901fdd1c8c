"""Put a file of past orders in the queue."""

from collections.abc import Mapping
from datetime import datetime

from django.core.files.base import File
from django.utils.translation import gettext as _

from shop.importing.columns import find_columns
from shop.importing.keep_upload import keep_upload, kept_path
from shop.importing.read_file import open_rows
from shop.importing.refuse import ImportRefused
from shop.models import Job, Store, User

KIND = "import_orders"


def start_import(
    store: Store, file: "File[bytes]", columns: Mapping[str, str], *, by: User | None, at: datetime
) -> Job:
    """Keep the file and make the job that a worker takes up.

    `columns`: field -> column name ("": none); fields that are not named are guessed. Raises
    ImportRefused where the file is too large, is no CSV, or lacks a column; then nothing is kept.
    """
    kept = keep_upload(file)
    try:
        return start_kept_import(store, kept, columns, title=file.name or "", by=by, at=at)
    except ImportRefused:
        kept_path(kept).unlink(missing_ok=True)
        raise


def start_kept_import(
    store: Store, kept: str, columns: Mapping[str, str], *, title: str, by: User | None, at: datetime
) -> Job:
    """The same for a file that `keep_upload` has kept already: a person matched its columns meanwhile.

    `title` is the file's name as the person knows it. When the job is done, job.result holds the totals
    (`ImportTotals.as_json`) and, where there were bad rows, "report": the name for `kept_path`.
    """
    with open_rows(kept_path(kept)) as opened:
        find_columns(opened.header, columns)
    return Job.objects.create(
        store=store,
        kind=KIND,
        title=_("Orders from %(file)s") % {"file": title[:120]},
        params={"file": kept, "columns": dict(columns), "asked_at": at.isoformat()},
        created_by=by,
    )
