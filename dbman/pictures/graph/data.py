"""The picture for programs, and as a JSON file."""

from __future__ import annotations

import json

from dbman.files import MARK
from dbman.pictures.graph.model import Node, Picture
from dbman.revisions import Key

_SCHEMA = 1


def picture_data(picture: Picture) -> dict[str, object]:
    """Return a picture as plain lists and mappings; edges name nodes by their place."""
    return {
        "database": picture.database,
        "problem": picture.problem or None,
        "lanes": [
            {
                "name": lane.name,
                "applied": lane.applied,
                "pending": lane.pending,
                "unknown": lane.unknown,
                "tracks": lane.tracks,
                "extension": lane.is_extension,
                "whole": lane.is_whole,
                "problem": lane.problem or None,
            }
            for lane in picture.lanes
        ],
        "nodes": [_node(picture, node) for node in picture.nodes],
        "edges": [
            {"from": edge.start, "to": edge.end, "kind": edge.kind, "table": edge.table or None}
            for edge in picture.edges
        ],
    }


def draw_json(picture: Picture) -> str:
    """Return what ``dbman graph --json`` prints, marked as dbman's."""
    told = {"schema": _SCHEMA, "command": "graph", "generator": MARK, **picture_data(picture)}
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _node(picture: Picture, node: Node) -> dict[str, object]:
    return {
        "lane": picture.lanes[node.lane].name,
        "track": node.track,
        "rank": node.rank,
        "state": node.state,
        "marks": list(node.marks),
        "labels": list(node.labels),
        "revisions": [_revision(picture, key) for key in node.keys],
    }


def _revision(picture: Picture, key: Key) -> dict[str, object]:
    revision = picture.revisions.get(key)
    return {
        "revision": key.id,
        "tree": key.tree,
        "message": revision.doc if revision else "",
        "created": revision.created if revision else "",
        "path": str(revision.path) if revision else None,
    }
