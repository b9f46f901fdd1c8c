"""Why a whole file is refused. Single bad rows are reported instead (`check_row.Reason`)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Refused(models.TextChoices):
    """Codes, and what the person can do; `%(…)s` are the facts given to `ImportRefused`."""

    EMPTY = "empty", _("The file is empty. Export it again and send it with its header line.")
    NOT_CSV = (
        "not_csv",
        _("This is a %(kind)s file. Save the orders as CSV (plain or .gz) and send that instead."),
    )
    NOT_UTF8 = (
        "not_utf8",
        _(
            "The file is not in UTF-8: something after line %(line)s can not be read. "
            "Save it as “CSV UTF-8” and try again."
        ),
    )
    BROKEN_GZIP = (
        "broken_gzip",
        _("The .gz file is damaged or cut off. Compress it again, or send the CSV uncompressed."),
    )
    BROKEN_CSV = (
        "broken_csv",
        _("The quotation marks do not match from line %(line)s on. Correct that line and try again."),
    )
    MISSING_COLUMNS = (
        "missing_columns",
        _("No column was found for: %(missing)s. The file has: %(header)s. Name the right ones."),
    )
    UNKNOWN_COLUMNS = (
        "unknown_columns",
        _("These columns are not in the file: %(unknown)s. The file has: %(header)s."),
    )
    LINE_TOO_LONG = (
        "line_too_long",
        _("Line %(line)s is longer than %(limit)s characters. Is this a list of order lines?"),
    )
    TOO_MANY_COLUMNS = "too_many_columns", _("The header names more than %(limit)s columns.")
    TOO_MANY_ROWS = (
        "too_many_rows",
        _("The file has more than %(limit)s rows. Cut it into several files and import one after another."),
    )
    TOO_LARGE = (
        "too_large",
        _("The file is larger than %(limit)s MB. Compress it with gzip, or cut it into several files."),
    )
    ZIP_BOMB = (
        "zip_bomb",
        _("The file swells beyond all measure when it is decompressed. Send a real export of orders."),
    )
    DISK_FULL = (
        "disk_full",
        _("The disk is full. Orders stored so far are whole: free some space and import the file again."),
    )
    DATABASE_GONE = (
        "database_gone",
        _(
            "The database stopped answering; its disk may be full. Orders stored so far are whole: look at it, "
            "then import the file again."
        ),
    )
    NOT_READABLE = "not_readable", _("The file can not be read: %(why)s.")
    NOT_WRITABLE = "not_writable", _("The report of bad rows can not be written: %(why)s.")


class ImportRefused(Exception):
    """The file can not be imported. `code` is for programs, `detail` for people."""

    def __init__(self, code: Refused, **facts: object) -> None:
        self.code = code
        self.detail = str(code.label) % facts
        super().__init__(self.detail)
