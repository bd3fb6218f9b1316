"""Records of pipelines, of lists of the API and of webhooks."""

from __future__ import annotations

from landed.records import FORGES, CheckRun
from landed.sources.forges.fields import (
    Node,
    Unreadable,
    moment,
    optional_moment,
    optional_text,
)
from landed.sources.forges.fields import number as identity
from landed.sources.forges.fields import state as state_of
from landed.sources.forges.gitlab_naming import PIPELINE_STATES, pipeline_id

_NAME = "pipeline"


def check_of(pipeline: Node, project: str, commit: str | None) -> CheckRun:
    """The record of a pipeline that checks `commit`. Raises Unreadable, also where that is untold.

    Lists do not tell when a pipeline began and ended: it is made when it begins, and last touched
    when it ends.
    """
    if commit is None:
        raise Unreadable("bad-commit")
    state = state_of(pipeline, "status", PIPELINE_STATES)
    created = moment(pipeline, "created_at")
    updated = optional_moment(pipeline, "updated_at") or optional_moment(pipeline, "finished_at")
    finished = optional_moment(pipeline, "finished_at") or updated
    return CheckRun(
        repository=FORGES,
        project=project,
        check_id=pipeline_id(identity(pipeline, "id")),
        commit=commit,
        name=optional_text(pipeline, "name") or _NAME,
        kind="pipeline",
        state=state,
        started_at=optional_moment(pipeline, "started_at") or created,
        finished_at=None if state == "pending" else finished,
        updated_at=updated or created,
    )
