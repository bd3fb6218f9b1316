"""The questions that are put to GitHub's GraphQL API.

Bodies are asked for where they name issues, commits or agents, and are used at once: no record has
a place for them. Of comments the text is not even asked for.
"""

from __future__ import annotations

PAGE = "pageInfo { hasNextPage endCursor }"
ACTOR = "{ __typename login ... on User { name } }"

COMMITS = f"{PAGE} nodes {{ commit {{ oid authoredDate author {{ email user {{ login }} }} }} }}"
LABELS = f"{PAGE} nodes {{ name }}"
CLOSING = f"{PAGE} nodes {{ number repository {{ nameWithOwner }} }}"
REQUESTS = f"""{PAGE} nodes {{ requestedReviewer {{ __typename
  ... on User {{ login name }} ... on Bot {{ login }} ... on Mannequin {{ login }}
  ... on Team {{ slug }} }} }}"""
LINE_COMMENTS = f"{PAGE} nodes {{ fullDatabaseId createdAt author {ACTOR} }}"
DISCUSSION = LINE_COMMENTS
REVIEWS = f"""{PAGE} nodes {{ id fullDatabaseId state submittedAt author {ACTOR} commit {{ oid }}
  comments(first: 20) {{ {LINE_COMMENTS} }} }}"""
CONTEXTS = f"""{PAGE} nodes {{ __typename
  ... on CheckRun {{ databaseId permalink name status conclusion startedAt completedAt }}
  ... on StatusContext {{ context state createdAt }} }}"""
CHECKED_COMMIT = f"""id oid committedDate
  statusCheckRollup {{ id state contexts(first: 50) {{ {CONTEXTS} }} }}"""
STATUSES = f"{PAGE} nodes {{ state createdAt }}"
MEMBERS = f"{PAGE} nodes {{ login name }}"
REPOSITORY = """databaseId nameWithOwner url isPrivate isArchived
  defaultBranchRef { name }"""

CHANGE = f"""
fragment change on PullRequest {{
  id number title body state isDraft createdAt mergedAt closedAt updatedAt
  author {ACTOR} mergedBy {ACTOR}
  headRefName headRefOid isCrossRepository baseRefName additions deletions changedFiles
  mergeCommit {{ {CHECKED_COMMIT} }}
  commits(first: 50) {{ totalCount {COMMITS} }}
  tip: commits(last: 1) {{ nodes {{ commit {{ {CHECKED_COMMIT} }} }} }}
  labels(first: 30) {{ {LABELS} }}
  closingIssuesReferences(first: 20) {{ {CLOSING} }}
  reviewRequests(first: 20) {{ {REQUESTS} }}
  reviews(first: 30) {{ {REVIEWS} }}
  comments(first: 50) {{ {DISCUSSION} }}
}}"""

CHANGES = f"""
query changes($owner: String!, $name: String!, $size: Int!, $cursor: String) {{
  repository(owner: $owner, name: $name) {{
    pullRequests(
      first: $size, after: $cursor, orderBy: {{ field: UPDATED_AT, direction: DESC }}
    ) {{ {PAGE} nodes {{ ...change }} }}
  }}
}}
{CHANGE}"""

FURTHER = {
    "commits": ("PullRequest", COMMITS),
    "labels": ("PullRequest", LABELS),
    "closingIssuesReferences": ("PullRequest", CLOSING),
    "reviewRequests": ("PullRequest", REQUESTS),
    "reviews": ("PullRequest", REVIEWS),
    "discussion": ("PullRequest", DISCUSSION),
    "line-comments": ("PullRequestReview", LINE_COMMENTS),
    "contexts": ("StatusCheckRollup", CONTEXTS),
    "statuses": ("Deployment", STATUSES),
    "members": ("Team", MEMBERS),
}
"""What may be longer than a page holds: the type of object it hangs on, and what is asked of it."""

_FIELDS = {"discussion": "comments", "line-comments": "comments"}


def further(what: str) -> str:
    """The query for the next page of one of `FURTHER`; its object is asked for by its id."""
    kind, selection = FURTHER[what]
    return f"""
query further($id: ID!, $size: Int!, $cursor: String!) {{
  node(id: $id) {{ ... on {kind} {{
    list: {_FIELDS.get(what, what)}(first: $size, after: $cursor) {{ {selection} }}
  }} }}
}}"""


def chosen_changes(numbers: list[int]) -> str:
    """The query for these changes, each under the name `change_NUMBER`."""
    asked = "\n".join(
        f"    change_{number}: pullRequest(number: {number}) {{ ...change }}" for number in numbers
    )
    return f"""
query chosen($owner: String!, $name: String!) {{
  repository(owner: $owner, name: $name) {{
    databaseId
{asked}
  }}
}}
{CHANGE}"""


RECENT_CHECKS = f"""
query recentChecks($owner: String!, $name: String!, $size: Int!, $cursor: String) {{
  repository(owner: $owner, name: $name) {{
    pullRequests(
      first: $size, after: $cursor, orderBy: {{ field: UPDATED_AT, direction: DESC }}
    ) {{
      {PAGE}
      nodes {{
        updatedAt
        mergeCommit {{ id statusCheckRollup {{ state }} }}
        tip: commits(last: 1) {{ nodes {{ commit {{ id statusCheckRollup {{ state }} }} }} }}
      }}
    }}
  }}
}}"""

CHECKS_OF = f"""
query checksOf($ids: [ID!]!) {{
  nodes(ids: $ids) {{ ... on Commit {{ {CHECKED_COMMIT} }} }}
}}"""

OUTCOMES = f"""
query outcomes($ids: [ID!]!) {{
  nodes(ids: $ids) {{ ... on Deployment {{
    id commitOid environment createdAt updatedAt ref {{ name }} creator {ACTOR}
    statuses(first: 30) {{ {STATUSES} }}
  }} }}
}}"""

LABEL_NAMES = f"""
query labelNames($owner: String!, $name: String!, $size: Int!, $cursor: String) {{
  repository(owner: $owner, name: $name) {{
    labels(first: $size, after: $cursor) {{ {LABELS} }}
  }}
}}"""

ISSUES = f"""
query issues(
  $owner: String!, $name: String!, $size: Int!, $cursor: String, $labels: [String!],
  $filter: IssueFilters
) {{
  repository(owner: $owner, name: $name) {{
    issues(
      first: $size, after: $cursor, labels: $labels, filterBy: $filter,
      orderBy: {{ field: UPDATED_AT, direction: ASC }}
    ) {{
      {PAGE}
      nodes {{
        number title body createdAt closedAt updatedAt
        labels(first: 50) {{ nodes {{ name }} }}
        closedByPullRequestsReferences(first: 20, includeClosedPrs: true) {{
          nodes {{ number merged repository {{ nameWithOwner }} }}
        }}
        lost: timelineItems(last: 50, itemTypes: [UNLABELED_EVENT]) {{
          nodes {{ ... on UnlabeledEvent {{ label {{ name }} }} }}
        }}
        closing: timelineItems(last: 1, itemTypes: [CLOSED_EVENT]) {{
          nodes {{ ... on ClosedEvent {{ closer {{ __typename
            ... on Commit {{ oid }}
            ... on PullRequest {{ number merged repository {{ nameWithOwner }} }} }} }} }}
        }}
      }}
    }}
  }}
}}"""

OWNED = f"""
query owned($login: String!, $size: Int!, $cursor: String) {{
  repositoryOwner(login: $login) {{
    repositories(
      first: $size, after: $cursor, ownerAffiliations: [OWNER],
      orderBy: {{ field: CREATED_AT, direction: ASC }}
    ) {{ {PAGE} nodes {{ {REPOSITORY} }} }}
  }}
}}"""

NAMED = f"""
query named($owner: String!, $name: String!) {{
  repository(owner: $owner, name: $name, followRenames: true) {{ {REPOSITORY} }}
}}"""

TEAMS = f"""
query teams($login: String!, $size: Int!, $cursor: String) {{
  organization(login: $login) {{
    login
    teams(first: $size, after: $cursor) {{
      {PAGE} nodes {{ id slug members(first: 100) {{ {MEMBERS} }} }}
    }}
  }}
}}"""

OWN_COMMENTS = f"""
query ownComments(
  $owner: String!, $name: String!, $number: Int!, $size: Int!, $cursor: String
) {{
  repository(owner: $owner, name: $name) {{
    pullRequest(number: $number) {{
      comments(first: $size, after: $cursor) {{
        {PAGE} nodes {{ fullDatabaseId viewerDidAuthor body }}
      }}
    }}
  }}
}}"""
