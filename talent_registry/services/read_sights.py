"""What a caller sees of the rows that a planned read found: decided where all is decided, once for equal rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from talent_registry.domain.profiles import Visibility
from talent_registry.domain.researchers import PersonField
from talent_registry.services.credential_reads import SEE_HISTORY
from talent_registry.services.looks import basis_of
from talent_registry.services.permissions import Actor, Permission, Subject
from talent_registry.services.relations import Disclosure, disclose
from talent_registry.storage.reads.statements import Found


@dataclass(slots=True)
class Sight:
    """One caller's sight in one read."""

    actor: Actor
    _persons: dict[Any, Disclosure | None] = field(default_factory=dict)
    _records: dict[Any, str | None] = field(default_factory=dict)
    _histories: dict[Any, bool] = field(default_factory=dict)

    def person(
        self, found: Found, fields: frozenset[PersonField], visibilities: Mapping[PersonField, Visibility]
    ) -> Disclosure | None:
        """What of these fields is shown of the person whom a row is about; None where not the caller's to know of."""
        shown_to = frozenset(visibilities.items())
        key = (self._is_self(found.person_id), found.ties, found.consented, fields, shown_to)
        if key not in self._persons:
            self._persons[key] = disclose(self.actor, self._subject(found), fields, dict(visibilities))
        return self._persons[key]

    def record(self, found: Found, permission: Permission, opened_by: PersonField, *, own: bool) -> str | None:
        """On which relations a record about the person is shown, joined by "+"; None where it is not."""
        key = (self._is_self(found.person_id), found.ties, found.consented, permission, opened_by, own)
        if key not in self._records:
            person = self._of_record(found, own=own)
            about = replace(person, consented=opened_by.value in person.consented_fields)
            self._records[key] = basis_of(self.actor, permission, about)
        return self._records[key]

    def history_of_record(self, found: Found) -> bool:
        """Whether the history of the credential that a row is, is the caller's to see, who sees the credential."""
        return bool(self.actor.relations(self._of_record(found, own=found.own)) & SEE_HISTORY)

    def history(self, found: Found) -> bool:
        """Whether the history of the person whom a row is about is the caller's to see."""
        key = (self._is_self(found.person_id), found.ties, found.consented)
        if key not in self._histories:
            self._histories[key] = self.actor.may(Permission.READ_HISTORY, self._subject(found))
        return self._histories[key]

    def _is_self(self, person_id: UUID) -> bool:
        return person_id == self.actor.researcher_id

    def _of_record(self, found: Found, *, own: bool) -> Subject:
        """The person as permission asks about a record: the caller's own by its issuer or province, or not."""
        person = self._subject(found)
        return replace(person, issuer_ids=self._unit(holds=own), provinces=person.provinces | self._province(holds=own))

    def _subject(self, found: Found) -> Subject:
        """The person as permission asks, with what can count for this caller."""
        home, host, issuer, authority, of_issuer, of_placement = found.ties
        return Subject(
            researcher_id=found.person_id,
            home_unit_id=self.actor.organisation_id if home else None,
            host_unit_ids=self._unit(holds=host),
            issuer_ids=self._unit(holds=issuer),
            provinces=self._province(holds=authority),
            issuer_provinces=self._province(holds=of_issuer),
            placement_provinces=self._province(holds=of_placement),
            consented=bool(found.consented),
            consented_fields=found.consented,
        )

    def _unit(self, *, holds: bool) -> frozenset[UUID]:
        unit = self.actor.organisation_id
        return frozenset({unit}) if holds and unit is not None else frozenset()

    def _province(self, *, holds: bool) -> frozenset[str]:
        here = self.actor.province
        return frozenset({here}) if holds and here is not None else frozenset()
