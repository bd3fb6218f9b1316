"""Which service a deployment is of, and which paths reach production with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

from landed.config import ServiceSettings, Settings
from landed.errors import ConfigurationError
from landed.globs import covering
from landed.journey.statements import statement
from landed.store import Store


def any_matches(name: str, globs: Sequence[str]) -> bool:
    """Whether one of the globs matches the name, letter case ignored."""
    return any(fnmatchcase(name.casefold(), glob.casefold()) for glob in globs)


class Services:
    """The services of `[[services]]` that are deployed from one repository."""

    def __init__(self, settings: Settings, names: Sequence[str]) -> None:
        """`names` are what the repository is called.

        Raises ConfigurationError for a path of a service that is no glob.
        """
        self._services = [
            (service, [_compiled(service, glob) for glob in service.paths])
            for service in settings.services
            if not service.repositories
            or any(any_matches(name, service.repositories) for name in names)
        ]

    @classmethod
    def of(cls, store: Store, settings: Settings, repository: str) -> Services:
        """The services of a repository that has been read, by its id."""
        found = store.query(statement("names"), {"repository": repository})["name"].to_pylist()
        return cls(settings, [*found, *(name.rsplit("/", 1)[-1] for name in found)])

    def named(self, service: str | None, environment: str) -> str | None:
        """The service of a deployment: its own, else the first whose environments match."""
        if service is not None:
            return service
        return next(
            (
                known.name
                for known, _ in self._services
                if any_matches(environment, known.environments)
            ),
            None,
        )

    def covers(self, service: str | None, path: str) -> bool:
        """Whether a line of this path reaches production with the service.

        A service without an entry, or a deployment of none, brings the whole tree.
        """
        patterns = [paths for known, paths in self._services if known.name == service]
        return not patterns or any(one.match(path) for each in patterns for one in each)

    def divides(self, service: str | None) -> bool:
        """Whether the service brings only a part of the tree."""
        return any(known.name == service for known, _ in self._services)


def _compiled(service: ServiceSettings, glob: str) -> re.Pattern[str]:
    try:
        return covering(glob)
    except ValueError as error:
        raise ConfigurationError(
            f"the path {glob!r} of the service {service.name} is no glob: {error}; "
            "write one such as 'services/shop/**' under [[services]]"
        ) from error
