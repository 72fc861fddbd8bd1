"""Which places hold a place, by the place list."""

from collections.abc import Iterator
from functools import lru_cache

from storage.models import PlaceTopic
from summarizer.gazetteer import Form, Gazetteer, Place
from summarizer.models import Location

MAX_NAMESAKES = 6
_TOWN = 50_000
_DOMINANCE = 10
"""A place that has so many times the people of its namesakes is the one meant."""


class PlaceChains:
    """Looks up what holds a place, and remembers it; stands on an open place list."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self.find_chain = lru_cache(maxsize=20_000)(self._find_chain)

    def chain_of(self, location: Location) -> tuple[int, ...]:
        """The ids of a location and of all that hold it; empty where it isn't in the list."""
        return () if location.geonames_id is None else self.find_chain(location.geonames_id)

    def find_topics(self, name: str, *, little_ones: bool = False) -> tuple[PlaceTopic, ...]:
        """The places that a name may mean, best known first; one where it is far ahead.

        Villages bear the names of many things: they are `little_ones`, for when a place is asked
        for by name.
        """
        named = [
            place
            for place in self._gazetteer.find_candidates(name)
            if place.form <= Form.ALIAS and (little_ones or _is_well_known(place))
        ]
        apart = [place for place in named if not self._is_meant_by_another(place, named)]
        apart.sort(key=lambda place: (place.level != 0, -place.population))
        if len(apart) > 1 and self._is_far_ahead(apart[0], apart[1:]):
            del apart[1:]
        return tuple(map(self._topic, apart[:MAX_NAMESAKES]))

    def _find_chain(self, place_id: int) -> tuple[int, ...]:
        place = self._gazetteer.find_place(place_id)
        return () if place is None else (place.id, *self._holders(place))

    def _holders(self, place: Place) -> Iterator[int]:
        country = self._gazetteer.countries.get(place.country or "")
        holders = (place.admin2, place.admin1, country.id if country else None)
        for holder in dict.fromkeys(holders):
            if holder is not None and holder != place.id:
                yield holder

    def _is_meant_by_another(self, place: Place, named: list[Place]) -> bool:
        """Of a place and one in it that has it, the better name counts, then the wider place."""
        return any(
            (place.id in self.find_chain(other.id)[1:] and other.form < place.form)
            or (other.id in self.find_chain(place.id)[1:] and other.form <= place.form)
            for other in named
        )

    @staticmethod
    def _is_far_ahead(first: Place, others: list[Place]) -> bool:
        most = max(other.population for other in others)
        return first.population >= _DOMINANCE * most

    def _topic(self, place: Place) -> PlaceTopic:
        holders = map(self._gazetteer.find_place, list(self._holders(place))[-2:])
        within = ", ".join(holder.name for holder in holders if holder is not None)
        return PlaceTopic(place.id, place.name, within)


def _is_well_known(place: Place) -> bool:
    return not place.minor and (
        place.level <= 1 or place.capital or place.kind != "city" or place.population >= _TOWN
    )
