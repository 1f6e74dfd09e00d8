"""Reviews and the comments on lines that belong to them."""

from __future__ import annotations

from fairlead.connectors.github.fake.code import Repository
from fairlead.connectors.github.fake.names import node_id, stamp
from fairlead.connectors.github.fake.payloads.issue import association, reactions
from fairlead.connectors.github.fake.payloads.user import user_or_none
from fairlead.connectors.github.fake.payloads.wire import Json, Wire
from fairlead.connectors.github.fake.state import Pull, Review, ReviewComment


def review(wire: Wire, repo: Repository, item: Pull, found: Review, webhook: bool) -> Json:
    """A review; webhooks write its state in small letters, the API in capitals."""
    address = f"{wire.api}/repos/{repo.full_name}/pulls/{item.number}"
    page = f"{wire.html}/{repo.full_name}/pull/{item.number}#pullrequestreview-{found.id}"
    return {
        "id": found.id,
        "node_id": node_id("PRR", found.id, repo.id),
        "user": user_or_none(wire, found.user),
        "body": found.body if webhook else found.body or "",
        "commit_id": found.commit,
        "submitted_at": stamp(found.submitted_at),
        **({"updated_at": stamp(found.submitted_at)} if webhook else {}),
        "state": found.state if webhook else found.state.upper(),
        "html_url": page,
        "pull_request_url": address,
        "author_association": association(found.user),
        "_links": {"html": {"href": page}, "pull_request": {"href": address}},
    }


def review_comment(wire: Wire, repo: Repository, item: Pull, found: ReviewComment) -> Json:
    """A comment on a line of the diff."""
    pulls = f"{wire.api}/repos/{repo.full_name}/pulls"
    address = f"{pulls}/comments/{found.id}"
    page = f"{wire.html}/{repo.full_name}/pull/{item.number}#discussion_r{found.id}"
    return {
        "url": address,
        "pull_request_review_id": found.review,
        "id": found.id,
        "node_id": node_id("PRRC", found.id, repo.id),
        "diff_hunk": f"@@ -{found.line},1 +{found.line},1 @@",
        "path": found.path,
        "commit_id": found.commit,
        "original_commit_id": found.commit,
        "user": user_or_none(wire, found.user),
        "body": found.body,
        "created_at": stamp(found.created_at),
        "updated_at": stamp(found.updated_at),
        "html_url": page,
        "pull_request_url": f"{pulls}/{item.number}",
        "author_association": association(found.user),
        **({"in_reply_to_id": found.reply_to} if found.reply_to is not None else {}),
        **wire.detail(
            _links={
                "self": {"href": address},
                "html": {"href": page},
                "pull_request": {"href": f"{pulls}/{item.number}"},
            },
            reactions=reactions(address),
            start_line=None,
            original_start_line=None,
            start_side=None,
            line=found.line,
            original_line=found.line,
            side="RIGHT",
            position=found.line,
            original_position=found.line,
            subject_type="line",
        ),
    }
