"""Salinan: texts that stand in several places, and who had them first."""

from datetime import datetime

from fastapi import APIRouter, Request
from sqlalchemy import Engine, func, select
from starlette.responses import Response

from archive import database
from archive.clusters import copies
from archive.errors import NotFound
from archive.schema import cluster_member, story
from archive.takedowns import is_shown
from archive.types import Cluster
from archive.versions import known
from archive.web.room import page, reader, room

__all__ = ["newest_clusters", "routes"]

routes = APIRouter(include_in_schema=False)
_SHOWN = 15


@routes.get("/salinan")
def clusters(request: Request) -> Response:
    """The clusters that grew last."""
    who, here = reader(request), room(request)
    found = newest_clusters(here.source.engine, as_of=who.as_of, limit=_SHOWN)
    return page(request, "clusters", reader=who, found=found)


@routes.get("/salinan/{cluster_id}")
def one_cluster(request: Request, cluster_id: str) -> Response:
    """One cluster; the id of one that was joined to an older one leads there."""
    who, here = reader(request), room(request)
    with database.reading(here.source.engine) as connection:
        member = connection.scalar(
            select(cluster_member.c.story_id)
            .join(story, story.c.story_id == cluster_member.c.story_id)
            .where(cluster_member.c.cluster_id == cluster_id, is_shown())
            .where(known(cluster_member.c.recorded_at, who.as_of))
            .limit(1)
        )
    found = copies(here.source.engine, member, as_of=who.as_of) if member else None
    if found is None:
        raise NotFound(f"no cluster {cluster_id[:40]!r}")
    return page(request, "cluster", reader=who, cluster=found, asked=cluster_id)


def newest_clusters(engine: Engine, *, as_of: datetime | None, limit: int) -> list[Cluster]:
    """The clusters with the newest members: at most `limit`, newest first."""
    newest = (
        select(cluster_member.c.cluster_id, func.max(cluster_member.c.member_id).label("last"))
        .where(known(cluster_member.c.recorded_at, as_of))
        .group_by(cluster_member.c.cluster_id)
        .order_by(func.max(cluster_member.c.member_id).desc())
        .limit(limit)
    )
    with database.reading(engine) as connection:
        rows = connection.execute(newest).all()
        members = [
            connection.scalar(
                select(cluster_member.c.story_id)
                .join(story, story.c.story_id == cluster_member.c.story_id)
                .where(cluster_member.c.cluster_id == row.cluster_id, is_shown())
                .where(known(cluster_member.c.recorded_at, as_of))
                .order_by(cluster_member.c.member_id.desc())
                .limit(1)
            )
            for row in rows
        ]
    found = [copies(engine, member, as_of=as_of) for member in members if member]
    # stories whose cluster was joined to another are counted there
    return list({one.cluster_id: one for one in found if one}.values())
