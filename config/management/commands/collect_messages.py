"""Collects the texts to translate from code and templates, in pure Python: nobody has to install gettext."""

import re
from argparse import ArgumentParser
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateSyntaxError
from django.utils.translation.template import templatize

DOMAIN = "django"
CODE = (
    "config",
    "storefront",
    "panel",
    "reports",
    "triggers",
    "checkout",
    "coupons",
    "clubcards",
    "loyalty",
    "shop",
)
TEMPLATE_SUFFIXES = (".html", ".txt", ".mjml")
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# Django's texts name their values; "10 % off" is no placeholder.
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]\b")
SHOWN_MAX = 20
HEADER = "# Reprise's own texts."


class Command(BaseCommand):
    help = "Writes new texts into locale/*/LC_MESSAGES/django.po; with --check only says what is missing."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail if a text is untranslated"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        wanted = collect(settings.BASE_DIR)
        languages = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
        for language in languages:
            path = Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / f"{DOMAIN}.po"
            if options["check"]:
                self._check(wanted, read(path, language=language), path=path)
            else:
                update(path, wanted=wanted, language=language)
                self.stdout.write(f"{path}: {len(wanted)} texts")

    def _check(self, wanted: Catalog, translated: Catalog, *, path: Path) -> None:
        problems = list(find_problems(wanted, translated))
        if problems:
            shown = "\n".join(f"  {problem}" for problem in problems[:SHOWN_MAX])
            raise CommandError(
                f"{path}: {len(problems)} problems (make messages collects new texts)\n{shown}"
            )


def collect(root: Path) -> Catalog:
    """Every translatable text of the project's own code and templates. Raises CommandError where a template
    cannot be read."""
    catalog = Catalog(domain=DOMAIN, fuzzy=False)
    for path in sorted(source_files(root)):
        where = path.relative_to(root).as_posix()
        for line, text, comments, context in extract_from(path):
            message = catalog.add(text, locations=[(where, line)], auto_comments=comments, context=context)
            if not PLACEHOLDER.search(str(text)):
                message.flags.discard("python-format")
    return catalog


def source_files(root: Path) -> Iterator[Path]:
    for folder in CODE:
        yield from (path for path in (root / folder).rglob("*.py") if "migrations" not in path.parts)
    for folder in (*CODE, "templates"):
        yield from (path for path in (root / folder).rglob("*") if path.suffix in TEMPLATE_SUFFIXES)


def extract_from(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    """Line, text (a pair where there is a plural), translators' comments, context."""
    text = path.read_text()
    if path.suffix != ".py":
        try:
            # Django's own way: the template as a program that calls gettext (whose indentation is the page's).
            text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).split("\n"))
        except TemplateSyntaxError as error:
            raise CommandError(str(error)) from error
    yield from extract("python", BytesIO(text.encode()), KEYWORDS, ["Translators:"], {"encoding": "utf-8"})


def find_problems(wanted: Catalog, translated: Catalog) -> Iterator[str]:
    for message in wanted:
        if not message.id:
            continue
        found = translated.get(message.id, message.context)
        where = ":".join(str(part) for part in message.locations[0])
        if found is None or not all(found.string if isinstance(found.string, tuple) else (found.string,)):
            yield f"{where} not translated: {message.id!r}"
        elif found.fuzzy:
            yield f"{where} translation is a guess: {message.id!r}"
    for message, errors in translated.check():
        yield from (f"{message.id!r}: {error}" for error in errors)


def read(path: Path, *, language: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=language, domain=DOMAIN, header_comment=HEADER, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def update(path: Path, *, wanted: Catalog, language: str) -> None:
    """Keep translations, add new texts, drop those that are gone. No guesses, and no line numbers, with which
    every change of code would be one here."""
    catalog = read(path, language=language)
    catalog.project, catalog.version = "Reprise", "1"
    catalog.msgid_bugs_address = catalog.last_translator = catalog.language_team = ""
    catalog.update(wanted, no_fuzzy_matching=True, update_header_comment=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(
            file,
            catalog,
            no_location=True,
            omit_header=False,
            sort_output=True,
            ignore_obsolete=True,
            width=0,
        )
