"""Rows of several tables as models, by statements whose text is made once.

`select_related` builds its text anew each time it is asked, which costs more than the database takes to answer. So this
is for what nearly every request asks.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Model
from django.db.models.base import ModelState

ALL: Collection[str] = ()


class Joined:
    """`columns` is what to SELECT for the models, in their order; `read` makes them of a row of those.

    Of each model ALL its fields, or those that are named, its key among them; what is left out is fetched when it is
    asked for. The fields have to be taken as the driver gives them.
    """

    def __init__(self, wanted: Mapping[type[Model], Collection[str]]) -> None:
        self._models: list[tuple[type[Model], list[str]]] = []
        columns = []
        for model, names in wanted.items():
            fields = [one for one in model._meta.concrete_fields if not names or one.attname in names]
            assert fields[0].primary_key, "an outer join's missing row is known by its key, the first column"
            assert not any(hasattr(one, "from_db_value") for one in fields), "a field that only the ORM reads"
            assert model.__init__ is Model.__init__, "instances are made without it"
            self._models.append((model, [one.attname for one in fields]))
            columns += [f'"{model._meta.db_table}"."{one.column}"' for one in fields]
        self.columns = ", ".join(columns)

    def read(self, row: Sequence[Any]) -> Iterable[Any]:
        """One instance a model; None where an outer join found nothing."""
        begin = 0
        for model, names in self._models:
            values = row[begin : begin + len(names)]
            begin += len(names)
            yield None if values[0] is None else _instance(model, zip(names, values, strict=True))


def _instance(model: type[Model], values: Iterable[tuple[str, Any]]) -> Model:
    """What `Model.from_db` makes, in a fifth of the time: it sets a new instance's fields one by one, through their
    descriptors, and tells signals of it that nobody here listens to."""
    made = model.__new__(model)
    made._state = ModelState()
    made._state.adding, made._state.db = False, "default"
    made.__dict__.update(values)
    return made
