"""The register of kinds: what the generic pages, import, facts and tests know about a ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.db.models import Field

    from rongjian.records.flows import Flow
    from rongjian.records.models import Record

R = TypeVar("R", bound="type[Record]")

# Fields of every record that a fact row carries, whatever its kind.
BASE_FACTS = ("unit_id", "happened_on", "campaign", "line", "task_force_id", "state")


@dataclass(frozen=True)
class Deed:
    """What tells that two units have recorded one and the same deed.

    `name` are the texts that name it, `story` those that say more of it, `same` fields that must be
    equal, `days` how many days the two records may lie apart. With `numbered` the key is the number
    of the thing itself (a case), so that two spellings of it are one.
    """

    name: tuple[str, ...] = ()
    story: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    days: int = 1
    numbered: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """Everything that is looked at."""
        return (*self.name, *self.story, *self.same)


@dataclass(frozen=True)
class Kind:
    """A declared kind of record.

    `form` are the fields asked for at first, `more` those behind 「更多（选填）」; together they
    are the columns of import and export. `columns` stand in lists, `filters` above them.
    `facts` are drawn into the fact file besides the base fields. `private` fields are withheld
    from a superior's projection. `group` is where the menu lists the kind, `aliases` are further
    headings that an import takes for a field. `unit_types` are the types of units that a record
    can be about (all where none is said), `fixed` the fields that a sealed state keeps as they are,
    `headings` what the kind calls a field otherwise than all records do, `deed` what identifies
    the deed that a record is about, where two units must not both claim it. `admits` says for a field
    which rules of the door do not hold there (`case_number` where the number of a document belongs).
    """

    code: str
    model: type[Record]
    flow: Flow
    access: str
    form: tuple[str, ...]
    more: tuple[str, ...]
    columns: tuple[str, ...]
    filters: tuple[str, ...]
    facts: tuple[str, ...]
    private: tuple[str, ...]
    group: str
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unit_types: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    headings: Mapping[str, str] = field(default_factory=dict)
    deed: Deed | None = None
    admits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the ledger is called: the verbose name of its class."""
        return str(self.model._meta.verbose_name)

    @property
    def fields(self) -> tuple[str, ...]:
        """Everything a person or a file may fill in, in order."""
        return (*self.form, *self.more)

    @property
    def joint(self) -> bool:
        """Whether several units may host one record: the kind asks for 联办单位."""
        return "hosts" in self.fields

    @property
    def drawn(self) -> tuple[str, ...]:
        """The fields that a fact row carries, each once."""
        hosts = ("hosts",) if self.joint else ()
        return tuple(dict.fromkeys((*BASE_FACTS, *hosts, *self.facts)))

    def field(self, name: str) -> Field[Any, Any]:
        """The model field of that name."""
        return self.model._meta.get_field(name)  # type: ignore[return-value]

    def heading(self, name: str) -> str:
        """What lists, forms and sheets call a field."""
        return self.headings.get(name) or str(self.field(name).verbose_name)


_register: dict[str, Kind] = {}


class UnknownKind(LookupError):
    """No ledger has this code."""


def kind(
    code: str,
    *,
    flow: Flow,
    access: str,
    form: tuple[str, ...],
    columns: tuple[str, ...],
    group: str,
    more: tuple[str, ...] = (),
    filters: tuple[str, ...] = (),
    facts: tuple[str, ...] = (),
    private: tuple[str, ...] = (),
    aliases: Mapping[str, tuple[str, ...]] | None = None,
    unit_types: tuple[str, ...] = (),
    fixed: tuple[str, ...] = (),
    headings: Mapping[str, str] | None = None,
    deed: Deed | None = None,
    admits: Mapping[str, tuple[str, ...]] | None = None,
) -> Callable[[R], R]:
    """Declare the decorated Record class as a ledger; its name is the class's verbose_name."""
    # What is not given has its default in Kind.
    given = {name: value for name, value in locals().items() if value is not None}
    return lambda model: _enter(model, Kind(model=model, **given))


def _enter(model: R, declared: Kind) -> R:
    if declared.code in _register:
        raise ValueError(f"台账代码重复：{declared.code}")
    if declared.deed and set(declared.deed.fields) & set(declared.private):
        raise ValueError(f"{declared.code} 的 deed 里有不得上行的字段")
    model.kind_code = declared.code
    model.access_class = declared.access
    model.access_submits = declared.flow.submits
    if "access_shared" not in vars(model):  # A kind may say itself whose units read it too.
        model.access_shared = "hosted_by" if declared.joint else ""
    _register[declared.code] = declared
    return model


def kinds() -> list[Kind]:
    """Every declared kind, by code."""
    return [_register[code] for code in sorted(_register)]


def kind_of(code: str) -> Kind:
    """The kind with this code; UnknownKind otherwise."""
    try:
        return _register[code]
    except KeyError:
        raise UnknownKind(f"没有代码为“{code}”的台账") from None
