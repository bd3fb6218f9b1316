"""The schema of GitHub's GraphQL API, and queries held against it."""

from __future__ import annotations

import gc
from functools import cache

from graphql import DocumentNode, GraphQLSchema, build_ast_schema, parse, validate
from tests.servers.packages import package

SCHEMA = "@octokit/graphql-schema"
"""The npm package that holds GitHub's schema."""


@cache
def schema() -> GraphQLSchema:
    """GitHub's own schema; read once in a process."""
    text = (package(SCHEMA) / "schema.graphql").read_text("utf-8")
    document = parse(text, no_location=True)
    built = build_ast_schema(document, assume_valid=True, assume_valid_sdl=True)
    # it is large and stays: the collector of garbage need not look through it again and again
    gc.collect()
    gc.freeze()
    return built


@cache
def checked(query: str) -> DocumentNode:
    """The parsed query; an AssertionError where the schema does not allow it."""
    document = parse(query)
    faults = validate(schema(), document)
    assert not faults, f"the schema does not allow the query: {faults[0]}\n{query}"
    return document
