"""The import as people start it: a file sent, a job that a worker takes up, progress, totals, a report."""

import errno
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from config.jobs import WORKS
from shop.importing import keep_upload as keeping
from shop.importing import run
from shop.importing.keep_upload import FOLDER, keep_upload, kept_path, prune_uploads
from shop.importing.preview import preview
from shop.importing.refuse import ImportRefused, Refused
from shop.importing.start import start_import
from shop.jobs import run_next_job
from shop.models import Job, Order
from tests.factories import make_store, make_user
from tests.shop.importing.write_csv import HEADER, row, text_of

AT = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return Path(settings.MEDIA_ROOT) / FOLDER


def upload(*rows: list[str], header: list[str] = HEADER) -> SimpleUploadedFile:
    return SimpleUploadedFile("orders.csv", text_of(*rows, header=header).encode())


def run_jobs() -> int:
    return run_next_job(WORKS, at=AT)


@pytest.mark.django_db
def test_a_worker_imports_the_file_and_leaves_totals_and_report(media: Path) -> None:
    store, anna = make_store(), make_user()
    job = start_import(store, upload(row("1"), row("2", price="0")), {}, by=anna, at=AT)
    assert (job.status, job.title, job.created_by) == ("queued", "Orders from orders.csv", anna)
    assert run_jobs() == 1
    job.refresh_from_db()
    assert (job.status, job.stage, job.error) == ("done", "storing", "")
    assert job.done_count == job.total_count == 1
    assert (job.result["customer_lines"], job.result["bad"]) == (1, {"price_not_positive": 1})
    assert kept_path(job.result["report"]).read_text(encoding="utf-8").count("\n") == 2
    assert [path.name for path in media.iterdir()] == [job.result["report"]]  # the file itself is gone
    assert Order.objects.get().store == store


@pytest.mark.django_db
def test_where_no_row_is_bad_there_is_no_report(media: Path) -> None:
    start_import(make_store(), upload(row()), {}, by=None, at=AT)
    run_jobs()
    assert "report" not in Job.objects.get().result
    assert list(media.iterdir()) == []


@pytest.mark.django_db
def test_chosen_columns_are_used() -> None:
    header = ["a", "b", "c", "d", "e", "f", "g", "h"]
    chosen = {
        "order": "a",
        "sku": "b",
        "name": "c",
        "quantity": "d",
        "at": "e",
        "price": "f",
        "customer": "g",
    }
    start_import(make_store(), upload(row("77"), header=header), chosen, by=None, at=AT)
    run_jobs()
    assert Order.objects.get().ref == "77"


@pytest.mark.django_db
def test_a_file_that_lacks_a_column_is_refused_at_once_and_not_kept(media: Path) -> None:
    with pytest.raises(ImportRefused) as caught:
        start_import(make_store(), upload(row()[:4], header=HEADER[:4]), {}, by=None, at=AT)
    assert caught.value.code == Refused.MISSING_COLUMNS
    assert list(media.iterdir()) == []
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_a_file_that_breaks_later_fails_the_job_with_a_sentence() -> None:
    file = SimpleUploadedFile("orders.csv", text_of(row()).encode() + b'6,"7\n8,9\n8,9\n')
    job = start_import(make_store(), file, {}, by=None, at=AT)
    run_jobs()
    job.refresh_from_db()
    assert (job.status, job.result) == ("failed", {"code": "broken_csv"})
    assert job.error == "The quotation marks do not match from line 3 on. Correct that line and try again."
    assert not Order.objects.exists()


def test_a_file_over_the_limit_is_refused_and_one_of_the_limit_is_kept(
    media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "BYTES_MAX", 1000)
    assert kept_path(keep_upload(ContentFile(b"x" * 1000))).stat().st_size == 1000
    with pytest.raises(ImportRefused) as caught:
        keep_upload(ContentFile(b"x" * 1001))
    assert caught.value.code == Refused.TOO_LARGE
    assert len(list(media.iterdir())) == 1


class FileOnAFullDisk(ContentFile):  # type: ignore[type-arg]
    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield b"first part"
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_under_the_upload_refuses_it_and_leaves_nothing(media: Path) -> None:
    with pytest.raises(ImportRefused) as caught:
        keep_upload(FileOnAFullDisk(b""))
    assert caught.value.code == Refused.DISK_FULL
    assert list(media.iterdir()) == []


def test_kept_files_are_readable_by_nobody_else() -> None:
    assert kept_path(keep_upload(ContentFile(b"x"))).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a" * 32 + "/..", "A" * 32])
def test_no_other_file_can_be_named(name: str) -> None:
    with pytest.raises(ValueError, match="kept file"):
        kept_path(name)


@pytest.mark.django_db
def test_old_files_are_removed_but_not_those_that_are_waited_for(media: Path) -> None:
    waiting = start_import(make_store(), upload(row()), {}, by=None, at=AT).params["file"]
    old, young = keep_upload(ContentFile(b"x")), keep_upload(ContentFile(b"x"))
    for name in (waiting, old):
        long_ago = (AT - timedelta(days=30, seconds=1)).timestamp()
        os.utime(media / name, (long_ago, long_ago))
    os.utime(media / young, ((AT - timedelta(days=30)).timestamp(),) * 2)
    assert prune_uploads(at=AT) == 1
    assert {path.name for path in media.iterdir()} == {waiting, young}


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_by_others_while_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    store = make_store()
    start_import(store, upload(*(row(str(number)) for number in range(1200))), {}, by=None, at=AT)
    seen: list[tuple[str, int, int, int]] = []
    show = run._show

    def show_and_look(job: Job, *args: Any) -> None:
        show(job, *args)
        other = connection.copy()  # a connection of its own: sees only what is committed
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT stage, done_count, total_count, (SELECT count(*) FROM shop_order) FROM shop_job"
            )
            seen.extend(cursor.fetchall())
        other.close()

    monkeypatch.setattr(run, "_show", show_and_look)
    run_jobs()
    assert seen[-3:] == [
        ("storing", 500, 1200, 500),
        ("storing", 1000, 1200, 1000),
        ("storing", 1200, 1200, 1200),
    ]
    assert seen[0][0] == "reading"


@pytest.mark.django_db
def test_an_abandoned_job_is_taken_up_again_and_adds_what_is_missing() -> None:
    store = make_store()
    start_import(store, upload(row("1")), {}, by=None, at=AT)
    run_jobs()
    job = start_import(store, upload(row("1"), row("2")), {}, by=None, at=AT)
    Job.objects.filter(pk=job.pk).update(status="running", beat_at=AT - timedelta(minutes=3))
    assert run_jobs() == 1
    job.refresh_from_db()
    assert (job.result["added"]["orders"], job.result["orders_there"]) == (1, 1)


def test_a_preview_shows_the_first_rows_and_the_guessed_columns() -> None:
    seen = preview(upload(*(row(str(number)) for number in range(9))))  # type: ignore[arg-type]
    assert [cells[0] for cells in seen.rows] == ["0", "1", "2", "3", "4"]
    assert seen.columns["order"] == "InvoiceNo"
    assert seen.problems == []


def test_a_preview_names_what_is_missing_without_refusing() -> None:
    seen = preview(upload(row()[:4], header=HEADER[:4]))  # type: ignore[arg-type]
    assert seen.problems == [
        "No column was found for: date and time, unit price. "
        "The file has: InvoiceNo, StockCode, Description, Quantity. Name the right ones."
    ]
